// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds.Security;

/// <summary>
/// What must be true of the request: of each list that is there, one must match; of each <c>not…</c> list, none. Texts may begin or end
/// with a <c>*</c>, which alone asks that there is something.
/// </summary>
public sealed record Operation
{
    /// <summary>Hosts, without regard to upper and lower case; for HTTP.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Hosts that it must not be for.</summary>
    public IReadOnlyList<string> NotHosts { get; init; } = [];

    /// <summary>Ports of the workload.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>Ports that it must not be for.</summary>
    public IReadOnlyList<string> NotPorts { get; init; } = [];

    /// <summary>Methods, in upper case; for HTTP. A gRPC service sees POST alone.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Methods that it must not have.</summary>
    public IReadOnlyList<string> NotMethods { get; init; } = [];

    /// <summary>Paths, normalised, without the query; <c>{*}</c> stands for one segment, <c>{**}</c> for any number; for HTTP.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Paths that it must not have.</summary>
    public IReadOnlyList<string> NotPaths { get; init; } = [];
}
