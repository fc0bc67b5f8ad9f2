// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

internal static class WorkloadDecoder
{
    public static Workload Read(FieldReader fields)
    {
        var workload = new Workload
        {
            Command = fields.Texts("command"),
            Env = fields.Map("env"),
            WorkingDirectory = fields.Text("workingDirectory"),
            Ports = WorkloadEntryDecoder.Ports(fields),
            Labels = fields.Map("labels"),
            Replicas = fields.Number("replicas", 0, 200) ?? 1,
            ServiceAccount = fields.Text("serviceAccount", "default"),
            IsGateway = fields.Flag("gateway"),
        };
        if (workload.Command.Count == 0 && !workload.IsGateway)
            fields.Missing("command");
        if (workload.Command.Count > 0 && workload.IsGateway)
            fields.Exclusive(
                "command",
                "stands beside gateway: true",
                "a gateway is a proxy and runs no program; remove one of them"
            );
        return workload;
    }
}
