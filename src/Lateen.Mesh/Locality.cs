// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>Where a workload runs; the text form is <c>region/zone/subzone</c>.</summary>
public sealed record Locality(string Region, string Zone, string SubZone)
{
    public static Locality None { get; } = new("", "", "");

    /// <summary>Reads <c>region/zone/subzone</c>, of which the later parts may be missing.</summary>
    public static Locality Parse(string text)
    {
        if (text.Length == 0)
            return None;
        var parts = text.Split('/', 3);
        return new Locality(parts[0], parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "");
    }

    public override string ToString() =>
        (Zone.Length, SubZone.Length) switch
        {
            (0, 0) => Region,
            (_, 0) => $"{Region}/{Zone}",
            _ => $"{Region}/{Zone}/{SubZone}",
        };
}
