// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>One route of a virtual host: an HTTP rule under one of its matches, with its destinations found.</summary>
/// <param name="Name">Names of rule and match, joined by a dot; empty when neither has one.</param>
/// <param name="Origin">The VirtualService it comes from.</param>
/// <param name="Match">Null matches everything.</param>
/// <param name="Targets">Empty for redirects and direct responses.</param>
public sealed record RouteRule(
    string Name,
    ConfigKey Origin,
    HttpMatch? Match,
    HttpRule Rule,
    IReadOnlyList<RouteTarget> Targets
)
{
    /// <summary>Whether no request passes it by, so that later rules are out of reach.</summary>
    public bool IsCatchAll =>
        Match is null
        || (
            Match.Uri is null or { Prefix: "/" } or { Regex: ".*" }
            && Match
                is {
                    Method: null,
                    Authority: null,
                    Scheme: null,
                    Headers.Count: 0,
                    WithoutHeaders.Count: 0,
                    QueryParams.Count: 0
                }
        );
}

/// <summary>A cluster's coordinates, and its share of the route's traffic.</summary>
/// <param name="Host">Full name of a service, which need not exist: requests to it then fail, as in Istio.</param>
/// <param name="Subset">Empty for the whole service.</param>
/// <param name="Headers">Changes for requests that take this share.</param>
public sealed record RouteTarget(string Host, string Subset, int Port, int Weight, HeaderRules Headers);
