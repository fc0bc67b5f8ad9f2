// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Statuses;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>A listener of a gateway of ours: which routes it takes, and what is the matter with it.</summary>
internal sealed class ListenerView
{
    private readonly Listener _listener;
    private readonly ConfigResource<KubernetesGateway> _gateway;
    private readonly Condition _conflicted;
    private readonly Condition _accepted;
    private readonly Condition _resolved;

    public ListenerView(Listener listener, ConfigResource<KubernetesGateway> gateway, ConfigSnapshot config)
    {
        _listener = listener;
        _gateway = gateway;
        var suited = KindsFor(listener);
        var wanted = listener.AllowedRoutes?.Kinds ?? [];
        SupportedKinds =
            wanted.Count == 0
                ? suited
                : wanted.Where(kind => IsAmong(kind, suited)).Select(static kind => kind.Kind).Distinct().ToList();
        _conflicted = Conflict(gateway.Spec.Listeners);
        _accepted = Acceptance(suited);
        _resolved = Resolution(wanted.FirstOrDefault(kind => !IsAmong(kind, suited)), config);
    }

    public string Name => _listener.Name;

    public Listener Listener => _listener;

    /// <summary>Kinds of the Gateway API's group.</summary>
    public IReadOnlyList<string> SupportedKinds { get; }

    /// <summary>Routes that it takes, in order or not.</summary>
    public int AttachedRoutes { get; private set; }

    /// <summary>Whether it could be programmed.</summary>
    public bool IsValid => _accepted.IsTrue == true && _resolved.IsTrue == true && _conflicted.IsTrue == false;

    public void Attach() => AttachedRoutes++;

    /// <param name="programmed">The gateway's.</param>
    public IReadOnlyList<Condition> Conditions(Condition programmed) =>
        [
            _accepted,
            _conflicted,
            _resolved,
            IsValid
                ? programmed
                : GatewayWords.IsNot(Condition.Programmed, GatewayWords.Invalid, "the listener is not in order"),
        ];

    /// <summary>Whether its <c>allowedRoutes</c> let a route in, its host names aside.</summary>
    /// <param name="labelsOf">Of a namespace.</param>
    public bool Allows(RouteView route, Func<string, IReadOnlyDictionary<string, string>> labelsOf)
    {
        if (!SupportedKinds.Contains(route.Key.Kind))
            return false;
        var namespaces = _listener.AllowedRoutes?.Namespaces;
        return (namespaces?.From ?? NamespacesFrom.Same) switch
        {
            NamespacesFrom.All => true,
            NamespacesFrom.Same => route.Key.Namespace == _gateway.Namespace,
            NamespacesFrom.Selector => namespaces!.Selector is { } selector
                && selector.Selects(labelsOf(route.Key.Namespace)),
            _ => false,
        };
    }

    /// <summary>Whether they have a host name in common; one without any has all.</summary>
    public bool SharesHostWith(RouteView route) =>
        _listener.Hostname.Length == 0
        || route.Hostnames.Count == 0
        || route.Hostnames.Any(host => Overlap(_listener.Hostname, host));

    private static bool Overlap(string x, string y) =>
        x.Equals(y, StringComparison.OrdinalIgnoreCase) || IsBelow(x, y) || IsBelow(y, x);

    /// <summary>Whether a pattern <c>*.example.com</c> has a name, or a narrower pattern.</summary>
    private static bool IsBelow(string pattern, string name) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
        && name.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        && name.Length > pattern.Length - 1;

    private static IReadOnlyList<string> KindsFor(Listener listener) =>
        listener.Protocol switch
        {
            "HTTP" or "HTTPS" => ["HTTPRoute", "GRPCRoute"],
            "TLS" when listener.Tls?.Mode == ListenerTlsMode.Passthrough => ["TLSRoute"],
            "TLS" => ["TLSRoute", "TCPRoute"],
            "TCP" => ["TCPRoute"],
            _ => [],
        };

    private static bool IsAmong(RouteKind kind, IReadOnlyList<string> suited) =>
        kind.Group == GatewayWords.Group && suited.Contains(kind.Kind);

    private Condition Acceptance(IReadOnlyList<string> suited)
    {
        if (suited.Count == 0)
            return GatewayWords.IsNot(
                Condition.Accepted,
                GatewayWords.UnsupportedProtocol,
                $"{_listener.Protocol} is not supported; use HTTP, HTTPS, TLS or TCP"
            );
        return _conflicted.IsTrue == true
            ? GatewayWords.IsNot(Condition.Accepted, _conflicted.Reason, _conflicted.Message)
            : GatewayWords.Is(Condition.Accepted, "in order");
    }

    /// <summary>Listeners of one port need one protocol, and a host name each. HTTPS and TLS are both told apart by the server name.</summary>
    private Condition Conflict(IReadOnlyList<Listener> all)
    {
        foreach (var other in all)
        {
            if (ReferenceEquals(other, _listener) || other.Port != _listener.Port || IsUdp(other) != IsUdp(_listener))
                continue;
            var isSameHost = other.Hostname.Equals(_listener.Hostname, StringComparison.OrdinalIgnoreCase);
            var isSame = other.Protocol == _listener.Protocol;
            if (!isSame && (!IsTls(other) || !IsTls(_listener) || isSameHost))
                return new Condition(
                    GatewayWords.Conflicted,
                    true,
                    GatewayWords.ProtocolConflict,
                    $"port {other.Port} is {other.Protocol} at the listener {other.Name}"
                );
            if (isSame && isSameHost)
                return new Condition(
                    GatewayWords.Conflicted,
                    true,
                    GatewayWords.HostnameConflict,
                    $"port {other.Port} has the same host name at the listener {other.Name}"
                );
        }
        return GatewayWords.IsNot(
            GatewayWords.Conflicted,
            GatewayWords.NoConflicts,
            "no other listener has its port and host name"
        );
    }

    private static bool IsTls(Listener listener) => listener.Protocol is "HTTPS" or "TLS";

    private static bool IsUdp(Listener listener) => listener.Protocol == "UDP";

    private Condition Resolution(RouteKind? unsuited, ConfigSnapshot config)
    {
        if (unsuited is not null)
            return GatewayWords.IsNot(
                GatewayWords.ResolvedRefs,
                GatewayWords.InvalidRouteKinds,
                $"routes of kind {unsuited.Kind} do not suit {_listener.Protocol}"
            );
        if (_listener.Tls is { Mode: ListenerTlsMode.Terminate } tls)
        {
            foreach (var reference in tls.CertificateRefs)
            {
                if (Problem(reference, config) is { } problem)
                    return problem;
            }
        }
        return GatewayWords.Is(GatewayWords.ResolvedRefs, "everything that it refers to is there");
    }

    private Condition? Problem(SecretReference reference, ConfigSnapshot config)
    {
        var ns = reference.Namespace.Length > 0 ? reference.Namespace : _gateway.Namespace;
        if (reference is not { Group: "", Kind: "Secret" })
            return Invalid($"{reference.Kind} {ns}/{reference.Name} is no Secret");
        if (
            ns != _gateway.Namespace
            && !Grants.Allow(config, "Gateway", _gateway.Namespace, "Secret", ns, reference.Name)
        )
            return GatewayWords.IsNot(
                GatewayWords.ResolvedRefs,
                GatewayWords.RefNotPermitted,
                $"no ReferenceGrant in {ns} lets Gateways of {_gateway.Namespace} refer to the Secret {reference.Name}"
            );
        var secret = config
            .Of<Secret>()
            .FirstOrDefault(secret => secret.Name == reference.Name && secret.Namespace == ns);
        if (secret is null)
            return Invalid($"there is no Secret {ns}/{reference.Name}");
        return Has(secret.Spec, "tls.crt") && Has(secret.Spec, "tls.key")
            ? null
            : Invalid($"the Secret {ns}/{reference.Name} has no tls.crt or no tls.key");

        static Condition Invalid(string message) =>
            GatewayWords.IsNot(GatewayWords.ResolvedRefs, GatewayWords.InvalidCertificateRef, message);

        static bool Has(Secret secret, string name) =>
            secret.StringData.ContainsKey(name) || secret.Data.ContainsKey(name);
    }
}
