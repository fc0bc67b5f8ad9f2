// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Delays and failures for testing.</summary>
internal static class FaultValidator
{
    public static void Check(FaultInjection fault, FieldPath at, ValidationScope scope)
    {
        if (fault.Delay is null && fault.Abort is null)
            scope.Bad(at, "has neither delay nor abort", "add one of them");
        if (fault.Delay is { } delay)
        {
            if (delay.FixedDelay is null && delay.ExponentialDelay is null)
                scope.Missing(at["delay"]["fixedDelay"]);
            CheckShare(delay.Percentage, delay.Percent, at["delay"], scope);
        }
        if (fault.Abort is { } abort)
        {
            if (abort.GrpcStatus is { } status)
                HttpRules.CheckGrpcStatus(status, at["abort"]["grpcStatus"], scope);
            CheckShare(abort.Percentage, null, at["abort"], scope);
        }
    }

    /// <summary>Without a share nobody is hit, which is Istio's rule and seldom what was meant.</summary>
    private static void CheckShare(Percentage? percentage, int? percent, FieldPath at, ValidationScope scope)
    {
        if (percentage is null && percent is null)
            scope.NoEffect(
                at,
                "has no percentage, and so hits no request",
                "add percentage: {value: 100} for every request"
            );
    }
}
