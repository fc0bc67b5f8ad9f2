// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Threading.Channels;
using Google.Protobuf;
using Lateen.Core;
using Lateen.State.V1;
using Lateen.Xds;

namespace Lateen.Agent.State;

/// <summary>
/// The configuration in force, on disk: written a moment after each change, whole and atomically, and read at start, so
/// that a proxy serves before, and without, its control plane. The file is a checksum of eight bytes (XXH3, little-endian)
/// and a <c>lateen.state.v1.LastGood</c>: a byte that the disk changed must not become a route.
/// </summary>
internal sealed class LastGoodFile(string directory, string nodeId, ILogSink log, TimeProvider time)
{
    /// <summary>Changes come in bursts; one write a burst is enough.</summary>
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(200);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private string FilePath => Path.Combine(directory, "last-good.bin");

    /// <summary>Something changed that is worth saving.</summary>
    public void Touch() => _changed.Writer.TryWrite(true);

    /// <summary>Saves after every burst of changes, and what is left when cancelled.</summary>
    public async Task RunAsync(
        Func<IReadOnlyList<(string TypeUrl, NamedResource Resource)>> resources,
        CancellationToken stop
    )
    {
        var pending = false;
        try
        {
            while (true)
            {
                pending |= await _changed.Reader.ReadAsync(stop).ConfigureAwait(false);
                await Task.Delay(s_gather, time, stop).ConfigureAwait(false);
                _changed.Reader.TryRead(out _);
                Save(resources());
                pending = false;
            }
        }
        catch (OperationCanceledException)
        {
            if (pending || _changed.Reader.TryRead(out _))
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
            state = LastGood.Parser.ParseFrom(Checked(File.ReadAllBytes(FilePath)));
        }
        catch (Exception failure)
            when (failure
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or InvalidProtocolBufferException
            )
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

    /// <summary>The message in a file whose checksum is right.</summary>
    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> file)
    {
        if (
            file.Length < sizeof(ulong)
            || XxHash3.HashToUInt64(file[sizeof(ulong)..]) != BinaryPrimitives.ReadUInt64LittleEndian(file)
        )
            throw new InvalidDataException("its checksum does not match, so it is damaged or not of this version");
        return file[sizeof(ulong)..];
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
            var body = state.ToByteArray();
            Span<byte> checksum = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(checksum, XxHash3.HashToUInt64(body));
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                file.Write(checksum);
                file.Write(body);
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
