// SPDX-License-Identifier: Apache-2.0
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Config.Kinds.MeshWide;
using Pool = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types;
using Underscores = Envoy.Config.Core.V3.HttpProtocolOptions.Types.HeadersWithUnderscoresAction;

namespace Lateen.Translation.Listeners;

/// <summary><see cref="ConnectionSettings"/> on a connection manager: what they say goes before what the mesh says elsewhere.</summary>
internal static class ConnectionTuning
{
    /// <param name="settings">With its profile's defaults filled in. What is not there changes nothing.</param>
    public static void Apply(HttpConnectionManager manager, ConnectionSettings settings)
    {
        manager.StreamIdleTimeout = Duration(settings.HttpStreamIdleTimeout) ?? manager.StreamIdleTimeout;
        manager.RequestTimeout = Duration(settings.HttpRequestTimeout) ?? manager.RequestTimeout;
        manager.RequestHeadersTimeout = Duration(settings.HttpRequestHeadersTimeout) ?? manager.RequestHeadersTimeout;
        manager.DrainTimeout = Duration(settings.HttpDrainTimeout) ?? manager.DrainTimeout;
        manager.MergeSlashes = settings.HttpMergeSlashes ?? manager.MergeSlashes;
        manager.PathWithEscapedSlashesAction =
            Action(settings.HttpPathWithEscapedSlashesAction) ?? manager.PathWithEscapedSlashesAction;
        AddProtocolOptions(manager, settings);
        AddHttp2Options(manager, settings);
    }

    private static void AddProtocolOptions(HttpConnectionManager manager, ConnectionSettings settings)
    {
        var underscores = Action(settings.HttpHeadersWithUnderscoresAction);
        if (
            settings is { HttpIdleTimeout: null, HttpMaxConnectionDuration: null, HttpMaxStreamDuration: null }
            && underscores is null
        )
            return;
        var options = manager.CommonHttpProtocolOptions ??= new();
        options.IdleTimeout = Duration(settings.HttpIdleTimeout) ?? options.IdleTimeout;
        options.MaxConnectionDuration = Duration(settings.HttpMaxConnectionDuration) ?? options.MaxConnectionDuration;
        options.MaxStreamDuration = Duration(settings.HttpMaxStreamDuration) ?? options.MaxStreamDuration;
        options.HeadersWithUnderscoresAction = underscores ?? options.HeadersWithUnderscoresAction;
    }

    private static void AddHttp2Options(HttpConnectionManager manager, ConnectionSettings settings)
    {
        if (
            settings is
            {
                HttpMaxConcurrentStreams: null,
                Http2InitialStreamWindowSize: null,
                Http2InitialConnectionWindowSize: null
            }
        )
            return;
        var options = manager.Http2ProtocolOptions ??= new();
        options.MaxConcurrentStreams = (uint?)settings.HttpMaxConcurrentStreams ?? options.MaxConcurrentStreams;
        options.InitialStreamWindowSize =
            (uint?)settings.Http2InitialStreamWindowSize ?? options.InitialStreamWindowSize;
        options.InitialConnectionWindowSize =
            (uint?)settings.Http2InitialConnectionWindowSize ?? options.InitialConnectionWindowSize;
    }

    private static Underscores? Action(UnderscoresAction action) =>
        action switch
        {
            UnderscoresAction.Allow => Underscores.Allow,
            UnderscoresAction.RejectRequest => Underscores.RejectRequest,
            UnderscoresAction.DropHeader => Underscores.DropHeader,
            _ => null,
        };

    private static Pool.PathWithEscapedSlashesAction? Action(EscapedSlashesAction action) =>
        action switch
        {
            EscapedSlashesAction.KeepUnchanged => Pool.PathWithEscapedSlashesAction.KeepUnchanged,
            EscapedSlashesAction.RejectRequest => Pool.PathWithEscapedSlashesAction.RejectRequest,
            EscapedSlashesAction.UnescapeAndRedirect => Pool.PathWithEscapedSlashesAction.UnescapeAndRedirect,
            EscapedSlashesAction.UnescapeAndForward => Pool.PathWithEscapedSlashesAction.UnescapeAndForward,
            _ => null,
        };

    private static Duration? Duration(TimeSpan? time) => time is { } span ? Packing.Duration(span) : null;
}
