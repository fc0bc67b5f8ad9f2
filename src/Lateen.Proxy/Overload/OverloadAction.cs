// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>What is done about pressure (Envoy <c>envoy.overload_actions.*</c>).</summary>
public enum OverloadAction : byte
{
    /// <summary>New requests are answered with 503.</summary>
    StopAcceptingRequests,

    /// <summary>Responses end their HTTP/1 connection; HTTP/2 connections drain.</summary>
    DisableHttpKeepalive,

    /// <summary>Listeners leave connections to the kernel's queue.</summary>
    StopAcceptingConnections,

    /// <summary>Connections are accepted and closed at once.</summary>
    RejectIncomingConnections,

    /// <summary>Memory that is free goes back to the system.</summary>
    ShrinkHeap,

    /// <summary>Some timeouts become shorter.</summary>
    ReduceTimeouts,

    /// <summary>Streams that hold much memory are reset.</summary>
    ResetHighMemoryStream,
}

/// <summary>Names of <see cref="OverloadAction"/>.</summary>
public static class OverloadActionNames
{
    public const string Prefix = "envoy.overload_actions.";

    private static readonly string[] s_names =
    [
        "stop_accepting_requests",
        "disable_http_keepalive",
        "stop_accepting_connections",
        "reject_incoming_connections",
        "shrink_heap",
        "reduce_timeouts",
        "reset_high_memory_stream",
    ];

    /// <summary>Names without their prefix, in the order of the actions.</summary>
    public static IReadOnlyList<string> Short => s_names;

    /// <summary>Envoy's name, as <c>envoy.overload_actions.shrink_heap</c>.</summary>
    public static string NameOf(OverloadAction action) => Prefix + s_names[(int)action];

    /// <summary>Reads a name, with its prefix or without.</summary>
    public static bool TryParse(string name, out OverloadAction action)
    {
        var bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        var index = Array.IndexOf(s_names, bare);
        action = index < 0 ? default : (OverloadAction)index;
        return index >= 0;
    }
}
