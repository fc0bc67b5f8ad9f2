// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Lateen.Core;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Stats;
using Lateen.Xds;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// Keeps endpoints and routes in force that clusters and listeners take from files. A file is read again when something is moved over
/// it, or into its <c>watched_directory</c>; one that cannot be used leaves what was there.
/// </summary>
public sealed class ResourceFiles(ConfigStore store, ProxyTelemetry telemetry, ILogSink log) : IDisposable
{
    private readonly Dictionary<ResourceFile, byte[]?> _read = [];
    private readonly Lock _gate = new();
    private DirectoryWatches? _watches;

    /// <summary>Reads what there is, and looks out from then on.</summary>
    public void Start()
    {
        _watches = new DirectoryWatches(OnDirectoryChanged);
        store.Changed += OnChanged;
        Follow();
    }

    public void Dispose()
    {
        store.Changed -= OnChanged;
        lock (_gate)
        {
            _watches?.Dispose();
            _watches = null;
        }
    }

    /// <summary>Not here: the store is about to tell others, and holds its lock.</summary>
    private void OnChanged(ProxyRuntime runtime) =>
        ThreadPool.UnsafeQueueUserWorkItem(static files => files.Follow(), this, preferLocal: false);

    private void OnDirectoryChanged(string directory, bool isMove)
    {
        // What is written in place would be read half written.
        if (!isMove)
            return;
        lock (_gate)
        {
            foreach (var file in _read.Keys.ToArray())
            {
                if (_watches is not null && file.Directory == directory)
                    Read(file);
            }
        }
    }

    private void Follow()
    {
        lock (_gate)
        {
            if (_watches is null)
                return;
            var named = store.ResourceFiles.ToHashSet();
            foreach (var file in _read.Keys.ToArray())
            {
                if (!named.Contains(file))
                    _read.Remove(file);
            }
            // Watched first: what is exchanged meanwhile is then read twice, and never missed.
            var directories = named.Select(static file => file.Directory).ToHashSet(StringComparer.Ordinal);
            var added = _watches.Watch(directories).ToHashSet(StringComparer.Ordinal);
            foreach (var file in named)
            {
                if (_read.TryAdd(file, null) || added.Contains(file.Directory))
                    Read(file);
            }
        }
    }

    private void Read(ResourceFile file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file.Path);
            if (_read[file] is { } before && before.AsSpan().SequenceEqual(bytes))
                return;
            _read[file] = bytes;
            Apply(file, DiscoveryFile.Parse(file.Path, bytes));
        }
        catch (Exception failure)
            when (failure
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidProtocolBufferException
                        or InvalidJsonException
            )
        {
            telemetry.Stats.Subscription(file.TypeUrl)?.OnFailed();
            Warn(file, failure.Message);
        }
    }

    private void Apply(ResourceFile file, DiscoveryResponse response)
    {
        var resources = response
            .Resources.Select(body => new NamedResource(ResourceNames.Of(body), response.VersionInfo, body))
            .ToArray();
        if (resources.Length != 1 || resources[0].Name != file.Name)
        {
            telemetry.Stats.Subscription(file.TypeUrl)?.OnUpdate(response.VersionInfo, rejected: true);
            var names = string.Join(", ", resources.Select(static resource => resource.Name));
            Warn(file, $"has {resources.Length} resources ({names}) instead of {file.Name} alone");
            return;
        }
        var update = new ResourceUpdate(file.TypeUrl, response.VersionInfo, resources, [], IsWhole: false);
        foreach (var rejection in store.Apply(update))
            Warn(file, $"{rejection.Name}: {rejection.Message}");
    }

    private void Warn(ResourceFile file, string problem) =>
        log.Write(LogLevel.Warn, "xds", $"{file.Path}: {problem}; its last good version stays");
}
