// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Config;
using Lateen.Core;
using Lateen.Discovery;
using Lateen.Mesh;
using Lateen.Translation;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Lateen.ControlPlane;

/// <summary>
/// The mesh in force and, for each view of it, the xDS that was made of it. A view that cannot be translated keeps what it
/// had: last good wins.
/// </summary>
public sealed partial class MeshState(MeshConfig settings, ILogger<MeshState> log) : ISnapshotSource
{
    private readonly ConcurrentDictionary<ProxyView, XdsSnapshot> _snapshots = new();
    private readonly ConcurrentDictionary<string, XdsSnapshot> _lastGood = new(StringComparer.Ordinal);
    private readonly Published<MeshSnapshot> _mesh = new(
        MeshBuilder.Build(ConfigSnapshot.Empty, EndpointSnapshot.Empty, settings)
    );
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    public MeshSnapshot Mesh => _mesh.Current;

    public ConfigSnapshot Config { get; private set; } = ConfigSnapshot.Empty;

    /// <summary>Builds the mesh of a configuration and puts it in force.</summary>
    public void Update(ConfigSnapshot config)
    {
        var mesh = MeshBuilder.Build(config, EndpointSnapshot.From(config), settings, _mesh.Current);
        Config = config;
        _mesh.Replace(mesh);
        // Views of the previous mesh are asked for no more.
        _snapshots.Clear();
        foreach (var problem in mesh.Problems)
            LogProblem(problem.ToString());
        LogUpdated(config.Revision, mesh.Services.Count, mesh.AllRoutes.Count);
    }

    public XdsSnapshot SnapshotFor(ProxyNode node)
    {
        try
        {
            var view = _mesh.Current.ViewFor(node);
            var snapshot = _snapshots.GetOrAdd(view, XdsTranslator.Translate);
            _lastGood[node.Id] = snapshot;
            Warn(snapshot);
            return snapshot;
        }
        catch (Exception failure)
            when (failure is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            LogUntranslatable(failure, node.Id);
            return _lastGood.GetValueOrDefault(node.Id, XdsSnapshot.Empty);
        }
    }

    /// <summary>The proxy is gone for good.</summary>
    public void Forget(string nodeId) => _lastGood.TryRemove(nodeId, out _);

    private void Warn(XdsSnapshot snapshot)
    {
        foreach (var warning in snapshot.Warnings)
        {
            if (_warned.TryAdd(warning, true))
                LogProblem(warning);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "mesh revision {Revision}: {Services} services, {Routes} virtual services")]
    private partial void LogUpdated(long revision, int services, int routes);

    [LoggerMessage(LogLevel.Error, "no configuration can be made for {Node}; it keeps what it has")]
    private partial void LogUntranslatable(Exception failure, string node);
}
