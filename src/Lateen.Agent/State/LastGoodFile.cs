// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Lateen.Core;
using Lateen.State.V1;
using Lateen.Xds;

namespace Lateen.Agent.State;

/// <summary>
/// The configuration in force, on disk: written a moment after each change, whole and atomically, and read at start, so
/// that a proxy serves before, and without, its control plane.
/// </summary>
internal sealed class LastGoodFile(string directory, string nodeId, ILogSink log) : IDisposable
{
    /// <summary>Changes come in bursts; one write a burst is enough.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _changed = new(0);

    private string FilePath => Path.Combine(directory, "last-good.bin");

    /// <summary>Something changed that is worth saving.</summary>
    public void Touch() => _changed.Release();

    public void Dispose() => _changed.Dispose();

    /// <summary>Saves after every burst of changes, and once more when cancelled.</summary>
    public async Task RunAsync(
        Func<IReadOnlyList<(string TypeUrl, NamedResource Resource)>> resources,
        CancellationToken stop
    )
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stop).ConfigureAwait(false);
                while (await _changed.WaitAsync(s_quiet, stop).ConfigureAwait(false)) { }
                Save(resources());
            }
        }
        catch (OperationCanceledException)
        {
            if (_changed.CurrentCount > 0)
                Save(resources());
        }
    }

    /// <summary>What an earlier run saved; empty when there is nothing of use.</summary>
    public IReadOnlyList<ResourceUpdate> Load()
    {
        LastGood state;
        try
        {
            if (!File.Exists(FilePath))
                return [];
            state = LastGood.Parser.ParseFrom(File.ReadAllBytes(FilePath));
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            log.Write(
                LogLevel.Warn,
                "state",
                $"{FilePath} cannot be used: {failure.Message}; waiting for the control plane"
            );
            return [];
        }
        if (state.NodeId != nodeId)
        {
            log.Write(LogLevel.Warn, "state", $"{FilePath} belongs to the node {state.NodeId} and is left alone");
            return [];
        }
        return TypeUrls
            .PushOrder.Select(type => new ResourceUpdate(
                type,
                "",
                state
                    .Resources.Where(resource => resource.TypeUrl == type)
                    .Select(static resource => new NamedResource(resource.Name, resource.Version, resource.Body))
                    .ToArray(),
                [],
                IsWhole: false
            ))
            .Where(update => update.Changed.Count > 0)
            .ToArray();
    }

    private void Save(IReadOnlyList<(string TypeUrl, NamedResource Resource)> resources)
    {
        var state = new LastGood { NodeId = nodeId };
        foreach (var (type, resource) in resources)
            state.Resources.Add(
                new Resource
                {
                    TypeUrl = type,
                    Name = resource.Name,
                    Version = resource.Version,
                    Body = resource.Body,
                }
            );
        try
        {
            Directory.CreateDirectory(directory);
            var temporary = FilePath + ".new";
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                state.WriteTo(file);
                // On the disk before it takes the old one's name: a crash leaves one or the other, whole.
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, FilePath, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write(
                LogLevel.Error,
                "state",
                $"cannot save {FilePath}: {failure.Message}; a restart will need the control plane"
            );
        }
    }
}
