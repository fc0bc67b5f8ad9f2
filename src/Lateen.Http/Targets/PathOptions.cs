// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Targets;

/// <summary>
/// How paths are made uniform before anybody looks at them, so that a rule for a path holds for each of its spellings. Names
/// and defaults are those of Envoy's <c>HttpConnectionManager</c>.
/// </summary>
/// <param name="Normalize">
/// <c>normalize_path</c>, false: dot segments are resolved, unreserved characters decoded, backslashes turned
/// (RFC 3986 §6.2.2, as browsers do it).
/// </param>
/// <param name="MergeSlashes"><c>merge_slashes</c>, false: several slashes in a row are one.</param>
/// <param name="EscapedSlashes"><c>path_with_escaped_slashes_action</c>.</param>
public sealed record PathOptions(
    bool Normalize = false,
    bool MergeSlashes = false,
    EscapedSlashes EscapedSlashes = EscapedSlashes.KeepUnchanged
)
{
    public static PathOptions Default { get; } = new();

    /// <summary>Nothing is changed.</summary>
    internal bool IsOff => !Normalize && !MergeSlashes && EscapedSlashes == EscapedSlashes.KeepUnchanged;
}

/// <summary>What becomes of a path with <c>%2F</c> or <c>%5C</c> in it (Envoy <c>PathWithEscapedSlashesAction</c>).</summary>
public enum EscapedSlashes : byte
{
    KeepUnchanged,

    /// <summary>The request is refused with 400.</summary>
    RejectRequest,

    /// <summary>The client is sent to the decoded path with 307; gRPC, which follows no redirects, gets 400.</summary>
    UnescapeAndRedirect,

    /// <summary>The request goes on with the decoded path.</summary>
    UnescapeAndForward,
}

/// <summary>Outcome of <see cref="PathNormalizer.Apply"/>.</summary>
public enum PathVerdict : byte
{
    /// <summary>The path, changed or not, is the one to route by.</summary>
    Continue,

    /// <summary>The client is to ask for the path that stands in the request now.</summary>
    Redirect,

    /// <summary>The path has a fragment, an encoded NUL, or a slash that is not admitted.</summary>
    Reject,
}
