// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

internal static class WorkloadEntryDecoder
{
    public static WorkloadEntry Read(FieldReader fields)
    {
        fields.NotInForce("network");
        return new WorkloadEntry
        {
            Address = fields.RequiredText("address"),
            Ports = Ports(fields),
            Labels = fields.Map("labels"),
            Locality = fields.Text("locality"),
            Weight = fields.Number("weight", 1, int.MaxValue) ?? 1,
            ServiceAccount = fields.Text("serviceAccount"),
        };
    }

    /// <summary>A mapping of names to port numbers.</summary>
    public static IReadOnlyDictionary<string, int> Ports(FieldReader fields)
    {
        var ports = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, text) in fields.Map("ports"))
        {
            if (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port is > 0 and < 65536
            )
                ports[name] = port;
            else
                fields.Bad("ports", $"the port \"{name}\" is {text}", "write a number from 1 to 65535");
        }
        return ports;
    }
}
