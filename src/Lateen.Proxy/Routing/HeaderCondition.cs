// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Executable form of a <see cref="HeaderMatchSpec"/>; allocates nothing for values that stand in one line.</summary>
internal sealed class HeaderCondition(HeaderMatchSpec spec)
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(spec.Name);
    private readonly ByteMatcher? _value = spec.Value is null ? null : new ByteMatcher(spec.Value);

    private bool AsksForPresence => _value is null && spec.Range is null;

    public static HeaderCondition[] All(IReadOnlyList<HeaderMatchSpec> specs)
    {
        var conditions = new HeaderCondition[specs.Count];
        for (var i = 0; i < conditions.Length; i++)
            conditions[i] = new HeaderCondition(specs[i]);
        return conditions;
    }

    public bool IsMet(RequestHead request)
    {
        if (TryGetFromStartLine(request, out var value, out var found))
            return Decide(found, value);
        return IsMet(request.Headers);
    }

    public bool IsMet(HeaderMap headers)
    {
        var found = TryGet(headers, out var value);
        return Decide(found, value);
    }

    /// <summary>
    /// A header that is not there meets no comparison, turned round or not, unless it is to be taken for empty (Envoy
    /// <c>treat_missing_header_as_empty</c>); presence alone may be turned round.
    /// </summary>
    private bool Decide(bool found, ReadOnlySpan<byte> value)
    {
        if (AsksForPresence)
            return (found || spec.TreatMissingAsEmpty) != spec.Invert;
        if (!found && !spec.TreatMissingAsEmpty)
            return false;
        return Compare(value) != spec.Invert;
    }

    private bool Compare(ReadOnlySpan<byte> value)
    {
        if (_value is not null)
            return _value.Matches(value);
        return Utf8Parser.TryParse(value, out long number, out var used)
            && used == value.Length
            && number >= spec.Range!.Value.Start
            && number < spec.Range.Value.End;
    }

    private bool TryGetFromStartLine(RequestHead request, out ReadOnlySpan<byte> value, out bool found)
    {
        value = default;
        found = false;
        if (_name[0] != ':' && spec.Name != "host")
            return false;
        value =
            spec.Name == ":method" ? request.Method
            : spec.Name == ":path" ? request.Path
            : spec.Name == ":scheme" ? request.Scheme
            : spec.Name is ":authority" or "host" ? request.Authority
            : default;
        found = !value.IsEmpty;
        return true;
    }

    private bool TryGet(HeaderMap headers, out ReadOnlySpan<byte> value)
    {
        var first = headers.IndexOf(_name);
        value = first < 0 ? default : headers.Value(first);
        if (first < 0 || headers.IndexOf(_name, first + 1) is var second && second < 0)
            return first >= 0;
        value = Join(headers, first, second);
        return true;
    }

    /// <summary>Several lines count as one with commas between (RFC 9110 §5.3). Rare enough to allocate.</summary>
    private byte[] Join(HeaderMap headers, int first, int second)
    {
        var joined = new List<byte>(headers.Value(first).ToArray());
        for (var i = second; i >= 0; i = headers.IndexOf(_name, i + 1))
        {
            joined.Add((byte)',');
            joined.AddRange(headers.Value(i));
        }
        return joined.ToArray();
    }
}
