// SPDX-License-Identifier: Apache-2.0
using Google.Rpc;
using Lateen.Core;
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>Where resources go that come over a stream, or from the disk: the proxy, the versions known, whoever saves them.</summary>
internal sealed class ResourceIntake(IResourceConsumer consumer, ILogSink log)
{
    /// <summary>gRPC's INVALID_ARGUMENT.</summary>
    private const int InvalidArgument = 3;

    public IResourceConsumer Consumer => consumer;

    public KnownResources Known { get; } = new();

    /// <summary>Raised after each update.</summary>
    public event Action? Taken;

    public IReadOnlyList<ResourceRejection> Take(ResourceUpdate update)
    {
        var rejections = consumer.Apply(update);
        Known.Record(update, rejections);
        foreach (var rejection in rejections)
            log.Write(
                LogLevel.Warn,
                "xds",
                $"refused {ShortName(update.TypeUrl)} {rejection.Name}: {rejection.Message}; its last good version stays"
            );
        log.Write(
            LogLevel.Debug,
            "xds",
            $"{ShortName(update.TypeUrl)}: {update.Changed.Count} changed, {update.Removed.Count} removed, {rejections.Count} refused"
        );
        Taken?.Invoke();
        return rejections;
    }

    /// <summary>Drops resources that nothing refers to any more.</summary>
    public void Forget(string typeUrl, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            Take(new ResourceUpdate(typeUrl, "", [], names, IsWhole: false));
    }

    /// <summary>What a refusal says on the wire: every bad resource by its name; null when all is well.</summary>
    public static Status? ErrorOf(IReadOnlyList<ResourceRejection> rejections) =>
        rejections.Count == 0
            ? null
            : new Status
            {
                Code = InvalidArgument,
                Message = string.Join(
                    '\n',
                    rejections.Select(static rejection => $"{rejection.Name}: {rejection.Message}")
                ),
            };

    private static string ShortName(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('.') + 1)..];
}
