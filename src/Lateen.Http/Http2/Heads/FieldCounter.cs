// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2.Heads;

/// <summary>The checks that every field of a head or trailers has to pass: size, number, and how it is written.</summary>
internal struct FieldCounter(Http2Options options)
{
    private readonly Http2Options _options = options;
    private int _bytes;
    private int _count;

    public Http2Fault Check(scoped in HpackField field)
    {
        _bytes += field.Name.Length + field.Value.Length;
        if (_bytes > _options.MaxHeaderListBytes)
            return Http2Fault.HeaderListTooLarge;
        if (field.Pseudo == PseudoHeader.None && ++_count > _options.MaxHeaderCount)
            return Http2Fault.TooManyHeaders;
        if (!field.NameIsValid)
            return field.Pseudo == PseudoHeader.None ? Http2Fault.InvalidHeaderName : Http2Fault.InvalidPseudoHeader;
        return field.ValueIsValid ? Http2Fault.None : Http2Fault.InvalidHeaderValue;
    }
}
