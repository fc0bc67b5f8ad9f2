// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>How requests for hosts are routed (Istio <c>networking.istio.io VirtualService</c>).</summary>
public sealed record VirtualService
{
    /// <summary>Gateway name that stands for all sidecars.</summary>
    public const string Mesh = "mesh";

    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary><c>namespace/name</c>, <c>name</c> or <c>mesh</c>, which is the default.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [Mesh];

    /// <summary>The first rule that matches wins.</summary>
    public IReadOnlyList<HttpRule> Http { get; init; } = [];

    public IReadOnlyList<TcpRule> Tcp { get; init; } = [];
}

/// <summary>One entry of <c>http</c>: exactly one of routes, redirect and direct response.</summary>
public sealed record HttpRule
{
    public string Name { get; init; } = "";

    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<HttpMatch> Match { get; init; } = [];

    public IReadOnlyList<RouteDestination> Route { get; init; } = [];

    public HttpRedirect? Redirect { get; init; }

    public DirectResponse? DirectResponse { get; init; }

    public HttpRewrite? Rewrite { get; init; }

    /// <summary>Time for the whole response; off when null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null takes the mesh's default policy.</summary>
    public HttpRetry? Retries { get; init; }

    public HeaderRules Headers { get; init; } = HeaderRules.None;
}

/// <summary>Conditions that all must hold.</summary>
public sealed record HttpMatch
{
    public string Name { get; init; } = "";

    public StringMatch? Uri { get; init; }

    public StringMatch? Method { get; init; }

    public StringMatch? Authority { get; init; }

    public StringMatch? Scheme { get; init; }

    /// <summary>A null condition asks only that the header is there.</summary>
    public IReadOnlyDictionary<string, StringMatch?> Headers { get; init; } = new Dictionary<string, StringMatch?>();

    public IReadOnlyDictionary<string, StringMatch?> WithoutHeaders { get; init; } =
        new Dictionary<string, StringMatch?>();

    public IReadOnlyDictionary<string, StringMatch?> QueryParams { get; init; } =
        new Dictionary<string, StringMatch?>();

    public bool IgnoreUriCase { get; init; }

    /// <summary>Port of the service; 0 is any.</summary>
    public int Port { get; init; }

    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    public string SourceNamespace { get; init; } = "";

    /// <summary>Overrides the rule's gateways; empty takes them.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];
}

public enum StringMatchKind : byte
{
    Exact,
    Prefix,

    /// <summary>RE2 syntax, matched in full.</summary>
    Regex,
}

public sealed record StringMatch(StringMatchKind Kind, string Value);

/// <summary>Where traffic goes, with its share of it.</summary>
public sealed record RouteDestination(Destination Destination, int Weight, HeaderRules Headers);

/// <param name="Host">A service's name, short (of the rule's own namespace) or in full.</param>
/// <param name="Subset">Empty for all of the service's workloads.</param>
/// <param name="Port">0 when the service has but one.</param>
public sealed record Destination(string Host, string Subset, int Port);

/// <summary>Changes to headers, of the request and of the response.</summary>
public sealed record HeaderRules(HeaderOperations Request, HeaderOperations Response)
{
    public static HeaderRules None { get; } = new(HeaderOperations.None, HeaderOperations.None);
}

public sealed record HeaderOperations(
    IReadOnlyList<KeyValuePair<string, string>> Set,
    IReadOnlyList<KeyValuePair<string, string>> Add,
    IReadOnlyList<string> Remove
)
{
    public static HeaderOperations None { get; } = new([], [], []);
}

public sealed record HttpRedirect
{
    public string Uri { get; init; } = "";

    public string Authority { get; init; } = "";

    public int Port { get; init; }

    public string Scheme { get; init; } = "";

    /// <summary>301, 302, 303, 307 or 308; 301 by default.</summary>
    public int Code { get; init; } = 301;
}

public sealed record DirectResponse(int Status, string Body);

public sealed record HttpRewrite
{
    /// <summary>Replaces the prefix, or the whole path, that the rule matched.</summary>
    public string Uri { get; init; } = "";

    public string Authority { get; init; } = "";

    /// <summary>RE2 pattern and substitution of <c>uriRegexRewrite</c>.</summary>
    public (string Match, string Rewrite)? Regex { get; init; }
}

public sealed record HttpRetry
{
    /// <summary>Retries after the first attempt; 0 turns them off.</summary>
    public int Attempts { get; init; }

    /// <summary>The route's timeout when null.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>Envoy's conditions and status codes, separated by commas; empty takes Istio's default.</summary>
    public string RetryOn { get; init; } = "";

    /// <summary>Base of the back-off: 25 ms.</summary>
    public TimeSpan? Backoff { get; init; }
}

public sealed record TcpRule(IReadOnlyList<TcpMatch> Match, IReadOnlyList<RouteDestination> Route);

/// <param name="Port">0 is any.</param>
public sealed record TcpMatch(int Port, IReadOnlyList<string> Gateways);
