// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary><c>%DYNAMIC_METADATA(NAMESPACE:KEY)%</c>: a value that listener filters noted of the connection.</summary>
internal sealed class MetadataPart : FormatPart
{
    private readonly string _namespace;
    private readonly string _key;

    /// <exception cref="FormatException">It is not a namespace and a key.</exception>
    public MetadataPart(string argument)
    {
        if (argument.Split(':') is not [{ Length: > 0 } area, { Length: > 0 } key])
            throw new FormatException($"%DYNAMIC_METADATA({argument})% needs a namespace and a key, as NAMESPACE:KEY");
        _namespace = area;
        _key = key;
    }

    public override int TryWrite(StreamInfo stream, Span<byte> destination)
    {
        var values = stream.Inspected.Metadata;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Namespace == _namespace && values[i].Key == _key)
                return Put(values[i].Value, destination);
        }
        return None;
    }
}
