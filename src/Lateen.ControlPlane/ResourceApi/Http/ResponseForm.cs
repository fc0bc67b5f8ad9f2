// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>In which form a client wants an answer.</summary>
/// <param name="As">Into what objects are made: <see cref="Table"/> and the like; empty for themselves.</param>
internal sealed record ResponseForm(bool IsYaml, string As = "")
{
    public const string Json = "application/json";
    public const string Yaml = "application/yaml";
    public const string Table = "Table.v1.meta.k8s.io";
    public const string PartialMetadata = "PartialObjectMetadata.v1.meta.k8s.io";
    public const string PartialMetadataList = "PartialObjectMetadataList.v1.meta.k8s.io";
    public const string GroupDiscovery = "APIGroupDiscoveryList.v2.apidiscovery.k8s.io";

    public static ResponseForm Plain { get; } = new(IsYaml: false);

    public string MediaType => IsYaml ? Yaml : Json;

    /// <summary>The best form that the client takes; null when it takes none that there is.</summary>
    /// <param name="accept">The header; empty takes anything.</param>
    /// <param name="known">Into what answers can be made here, beside themselves.</param>
    public static ResponseForm? Choose(string accept, params ReadOnlySpan<string> known)
    {
        if (accept.Length == 0)
            return Plain;
        ResponseForm? best = null;
        var bestWeight = 0.0;
        foreach (var range in accept.Split(','))
        {
            if (Read(range, out var weight) is not { } form || weight <= bestWeight)
                continue;
            if (form.As.Length > 0 && !known.Contains(form.As))
                continue;
            (best, bestWeight) = (form, weight);
        }
        return best;
    }

    private static ResponseForm? Read(string range, out double weight)
    {
        var parts = range.Split(';');
        string type = parts[0].Trim().ToLowerInvariant(),
            kind = "",
            version = "",
            group = "";
        weight = 1;
        foreach (var part in parts.AsSpan(1))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var value = at < 0 ? "" : part[(at + 1)..].Trim();
            switch (at < 0 ? "" : part[..at].Trim())
            {
                case "q":
                    weight = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var q)
                        ? q
                        : 0;
                    break;
                case "as":
                    kind = value;
                    break;
                case "v":
                    version = value;
                    break;
                case "g":
                    group = value;
                    break;
            }
        }
        var form = kind.Length > 0 ? $"{kind}.{version}.{group}" : "";
        return type switch
        {
            Json or "*/*" or "application/*" => new ResponseForm(IsYaml: false, form),
            Yaml => new ResponseForm(IsYaml: true, form),
            _ => null,
        };
    }
}
