// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Local;

namespace Lateen.Config.Validation;

internal static class WorkloadValidator
{
    public static void Check(Workload workload, FieldPath at, ValidationScope scope)
    {
        if (workload.Command.Count == 0 && !workload.IsGateway)
            scope.Missing(at["command"]);
        if (workload.Command.Count > 0 && workload.IsGateway)
            scope.Exclusive(
                at["command"],
                "stands beside gateway: true",
                "a gateway is a proxy and runs no program; remove one of them"
            );
    }
}
