// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Lateen.Config.Kinds;
using Lateen.Config.Yaml;

namespace Lateen.Config.Decoding;

/// <summary>Conditions of VirtualServices.</summary>
internal static class MatchDecoder
{
    public static HttpMatch Http(FieldReader fields)
    {
        fields.NotInForce("statPrefix");
        return new HttpMatch
        {
            Name = fields.Text("name"),
            Uri = fields.Object("uri", Text),
            Method = fields.Object("method", Text),
            Authority = fields.Object("authority", Text),
            Scheme = fields.Object("scheme", Text),
            Headers = Texts(fields, "headers"),
            WithoutHeaders = Texts(fields, "withoutHeaders"),
            QueryParams = Texts(fields, "queryParams"),
            IgnoreUriCase = fields.Flag("ignoreUriCase"),
            Port = fields.Port("port"),
            SourceLabels = fields.Map("sourceLabels"),
            SourceNamespace = fields.Text("sourceNamespace"),
            Gateways = fields.Texts("gateways"),
        };
    }

    public static TcpMatch Tcp(FieldReader fields)
    {
        fields.NotInForce("destinationSubnets", "sourceLabels", "sourceNamespace", "sourceSubnet");
        return new TcpMatch(fields.Port("port"), fields.Texts("gateways"));
    }

    /// <summary>Exactly one of <c>exact</c>, <c>prefix</c> and <c>regex</c>.</summary>
    private static StringMatch Text(FieldReader fields)
    {
        var found = new List<StringMatch>();
        foreach (
            var (field, kind) in (ReadOnlySpan<(string, StringMatchKind)>)
                [("exact", StringMatchKind.Exact), ("prefix", StringMatchKind.Prefix), ("regex", StringMatchKind.Regex)]
        )
        {
            if (fields.Has(field))
                found.Add(new StringMatch(kind, fields.Text(field)));
        }
        if (found.Count != 1)
            fields.Exclusive("exact", "must have exactly one of exact, prefix and regex", "keep one of them");
        if (found is [{ Kind: StringMatchKind.Regex, Value: var pattern }])
            CheckPattern(fields, "regex", pattern);
        return found.Count > 0 ? found[0] : new StringMatch(StringMatchKind.Exact, "");
    }

    /// <summary>A pattern must do without backtracking, as RE2 does, so that no input can make it slow.</summary>
    public static void CheckPattern(FieldReader fields, string field, string pattern)
    {
        try
        {
            _ = new Regex(
                pattern.Replace("(?P<", "(?<", StringComparison.Ordinal),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
            );
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            fields.Bad(
                field,
                $"\"{pattern}\" is no RE2 pattern: {failure.Message}",
                "use RE2 syntax, without look-around and back references"
            );
        }
    }

    private static Dictionary<string, StringMatch?> Texts(FieldReader fields, string field)
    {
        var matches = new Dictionary<string, StringMatch?>(StringComparer.Ordinal);
        foreach (var (name, node) in fields.Entries(field))
        {
            // An empty condition asks only that the header is there.
            var isPresence = node is YamlMapping { Entries.Count: 0 } or YamlScalar { IsNull: true };
            matches[name] = isPresence ? null : fields.Read(node, $"{field}.{name}", Text);
        }
        return matches;
    }
}
