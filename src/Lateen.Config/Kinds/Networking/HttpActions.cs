// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Sends the client elsewhere.</summary>
public sealed record HttpRedirect
{
    /// <summary>Path of the new place; the request's when empty.</summary>
    public string Uri { get; init; } = "";

    /// <summary>Host of the new place; the request's when empty.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Port of the new place.</summary>
    [OneOf("port"), Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Where the port comes from.</summary>
    [OneOf("port"), NotInForce]
    public RedirectPortSelection? DerivePort { get; init; }

    /// <summary><c>http</c> or <c>https</c>; the request's when empty.</summary>
    public string Scheme { get; init; } = "";

    /// <summary>301, 302, 303, 307 or 308.</summary>
    [Range(300, 399)]
    public int RedirectCode { get; init; } = 301;

    /// <summary>Replaces the prefix that the rule matched.</summary>
    [NotInForce]
    public string PrefixRewrite { get; init; } = "";
}

/// <summary>Port of a redirect.</summary>
public enum RedirectPortSelection : byte
{
    /// <summary>80 for http, 443 for https.</summary>
    FromProtocolDefault,

    /// <summary>As the client has it.</summary>
    FromRequestPort,
}

/// <summary>An answer by the proxy itself.</summary>
public sealed record DirectResponse
{
    /// <summary>200 to 599.</summary>
    [Required, Range(200, 599)]
    public int Status { get; init; }

    /// <summary>Empty when it is not there.</summary>
    public HttpBody? Body { get; init; }
}

/// <summary>Content of an answer.</summary>
public sealed record HttpBody
{
    /// <summary>As text.</summary>
    [OneOf("specifier")]
    public string? String { get; init; }

    /// <summary>As bytes in base64.</summary>
    [OneOf("specifier")]
    public byte[]? Bytes { get; init; }

    /// <summary>Whichever it is, as text.</summary>
    public string Text => String ?? (Bytes is null ? "" : Encoding.UTF8.GetString(Bytes));
}

/// <summary>Changes to path and host.</summary>
public sealed record HttpRewrite
{
    /// <summary>Replaces the prefix, or the whole path, that the rule matched.</summary>
    [OneOf("uri")]
    public string? Uri { get; init; }

    /// <summary>Replaces the host.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Replaces what a pattern finds in the path.</summary>
    [OneOf("uri")]
    public RegexRewrite? UriRegexRewrite { get; init; }
}

/// <summary>A substitution.</summary>
public sealed record RegexRewrite
{
    /// <summary>RE2 pattern.</summary>
    [Required]
    public string Match { get; init; } = "";

    /// <summary>What stands in its place; <c>\1</c> is the first group.</summary>
    public string Rewrite { get; init; } = "";
}

/// <summary>What is tried again.</summary>
public sealed record HttpRetry
{
    /// <summary>Retries after the first attempt; 0 turns them off.</summary>
    [Range(0)]
    public int Attempts { get; init; }

    /// <summary>Time for each attempt; the route's when it is not there.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>Envoy's conditions and status codes, separated by commas; Istio's default when empty.</summary>
    public string RetryOn { get; init; } = "";

    /// <summary>Whether other localities are tried.</summary>
    [NotInForce]
    public bool? RetryRemoteLocalities { get; init; }

    /// <summary>Whether hosts are left out that were tried already: true by default.</summary>
    [NotInForce]
    public bool? RetryIgnorePreviousHosts { get; init; }

    /// <summary>Base of the back-off: 25 ms.</summary>
    public TimeSpan? Backoff { get; init; }
}

/// <summary>Changes to headers, of the request and of the response.</summary>
public sealed record HeaderRules
{
    /// <summary>No change.</summary>
    public static HeaderRules None { get; } = new();

    /// <summary>Before the request goes on.</summary>
    public HeaderOperations Request { get; init; } = HeaderOperations.None;

    /// <summary>Before the response goes back.</summary>
    public HeaderOperations Response { get; init; } = HeaderOperations.None;
}

/// <summary>Changes to headers of a message.</summary>
public sealed record HeaderOperations
{
    /// <summary>No change.</summary>
    public static HeaderOperations None { get; } = new();

    /// <summary>Replaces the values of headers.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Adds values to headers.</summary>
    public IReadOnlyDictionary<string, string> Add { get; init; } = new Dictionary<string, string>();

    /// <summary>Removes headers.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];
}
