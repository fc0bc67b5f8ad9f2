// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Overload;

namespace DataPlane.Tests.Overload;

/// <summary>A resource whose pressure a test sets (Envoy's <c>injected_resource</c>).</summary>
internal sealed class FakeMonitor : IResourceMonitor
{
    public const string Injected = "envoy.resource_monitors.injected_resource";

    public string Name => Injected;

    public double Pressure { get; set; }

    public bool IsKnown { get; set; } = true;

    /// <summary>A manager whose actions hang on the monitor; those of a range are scaled.</summary>
    public OverloadManager Manage(params (OverloadAction Action, double From, double To)[] actions) =>
        Manage(OverloadSpec.None, actions);

    public OverloadManager Manage(
        OverloadSpec spec,
        params (OverloadAction Action, double From, double To)[] actions
    ) =>
        new(
            spec with
            {
                Actions =
                [
                    .. actions.Select(static action => new OverloadActionSpec(
                        action.Action,
                        [new OverloadTrigger(Injected, action.From, action.To)]
                    )),
                ],
            },
            new RuntimeValues(new Dictionary<string, string>()),
            this
        );

    public bool TryRead(out double pressure)
    {
        pressure = Pressure;
        return IsKnown;
    }
}
