// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Grpc.Core;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Discovery;
using Lateen.Mesh;
using Lateen.Translation;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane;

/// <summary>
/// The mesh in force, and what each proxy gets of it. What cannot be built or translated changes nothing: last good wins.
/// </summary>
/// <param name="settings">Of a mesh whose configuration has none.</param>
public sealed partial class MeshState(MeshConfig settings, ILogger<MeshState> log) : ISnapshotSource
{
    // Lives as long as the connection, which holds the node.
    private readonly ConditionalWeakTable<ProxyNode, LastGood> _lastGood = new();
    private InForce _current = new(
        ConfigSnapshot.Empty,
        new Translations(MeshBuilder.Build(ConfigSnapshot.Empty, EndpointSnapshot.Empty, settings), previous: null),
        Previous: null
    );
    private long _failures;

    /// <summary>A configuration came into force. Raised by who puts it there.</summary>
    public event Action? Updated;

    public MeshSnapshot Mesh => Current.Translations.Mesh;

    public ConfigSnapshot Config => Current.Config;

    /// <summary>Builds and translations that failed since the start.</summary>
    public long Failures => Volatile.Read(ref _failures);

    private InForce Current => Volatile.Read(ref _current);

    /// <summary>Builds the mesh of a configuration and puts it in force; false when it cannot be. One caller at a time.</summary>
    public bool Update(ConfigSnapshot config)
    {
        var before = Current;
        try
        {
            var mesh = MeshBuilder.Build(
                config,
                EndpointSnapshot.From(config),
                MeshConfigReader.Of(config, settings),
                before.Translations.Mesh
            );
            var next = new Translations(mesh, before.Translations);
            Volatile.Write(ref _current, new InForce(config, next, before.Translations.Warnings.Keys.ToHashSet()));
            foreach (var problem in FieldPlaces.InFiles([.. mesh.Problems.Except(before.Translations.Mesh.Problems)]))
                LogProblem(problem.ToString());
            if (before.Config.Revision > 0 && !ReferenceEquals(mesh.Config, before.Translations.Mesh.Config))
                LogSettings(MeshSettings.In(config)?.At.ToString() ?? "the defaults");
            LogUpdated(config.Revision, mesh.Services.Count, mesh.AllRoutes.Count);
            Updated?.Invoke();
            return true;
        }
        // Whatever it is, it is ours, and must not take the mesh down.
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failures);
            LogUnbuildable(failure, config.Revision);
            return false;
        }
    }

    /// <exception cref="RpcException">
    /// There is nothing to give: an empty answer would have the proxy drop what it has, an error has it keep that.
    /// </exception>
    public XdsSnapshot SnapshotFor(ProxyNode node) => SnapshotFor(node, out _);

    /// <inheritdoc cref="SnapshotFor(ProxyNode)"/>
    public XdsSnapshot SnapshotFor(ProxyNode node, out long revision)
    {
        var current = Current;
        revision = current.Config.Revision;
        try
        {
            var snapshot = current.Translations.For(node);
            _lastGood.AddOrUpdate(node, new LastGood(snapshot, revision));
            Warn(snapshot, current);
            return snapshot;
        }
        catch (NotSupportedException unsupported)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, unsupported.Message));
        }
        // As above.
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failures);
            LogUntranslatable(failure, node.Id);
            if (_lastGood.TryGetValue(node, out var lastGood))
            {
                revision = lastGood.Revision;
                return lastGood.Snapshot;
            }
            throw new RpcException(
                new Status(StatusCode.Unavailable, $"no configuration can be made for {node.Id}; the log says why")
            );
        }
    }

    /// <summary>Says once what is the matter, until it was not for a revision.</summary>
    private void Warn(XdsSnapshot snapshot, InForce current)
    {
        foreach (var warning in snapshot.Warnings)
        {
            if (current.Translations.Warnings.TryAdd(warning, true) && current.Previous?.Contains(warning) != true)
                LogProblem(warning);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "Mesh revision {Revision}: {Services} services, {Routes} virtual services")]
    private partial void LogUpdated(long revision, int services, int routes);

    [LoggerMessage(LogLevel.Information, "The mesh's own settings are others now: those of {Source}")]
    private partial void LogSettings(string source);

    [LoggerMessage(LogLevel.Error, "Mesh revision {Revision} cannot be built; the one before stays in force")]
    private partial void LogUnbuildable(Exception failure, long revision);

    [LoggerMessage(LogLevel.Error, "No configuration can be made for {Node}; it keeps what it has")]
    private partial void LogUntranslatable(Exception failure, string node);

    private sealed record LastGood(XdsSnapshot Snapshot, long Revision);

    /// <param name="Previous">Warnings of the revision before.</param>
    private sealed record InForce(ConfigSnapshot Config, Translations Translations, HashSet<string>? Previous);
}
