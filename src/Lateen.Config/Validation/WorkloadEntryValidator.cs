// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

internal static class WorkloadEntryValidator
{
    public static void Check(WorkloadEntry entry, FieldPath at, ValidationScope scope)
    {
        if (entry.Address.Length == 0 && entry.Network.Length == 0)
            scope.Missing(at["address"]);
    }
}
