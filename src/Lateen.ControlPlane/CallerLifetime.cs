// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;

namespace Lateen.ControlPlane;

/// <summary>Leaves signals to whoever started the control plane: it may be one part of a larger program.</summary>
internal sealed class CallerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
