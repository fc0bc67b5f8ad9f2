// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.GatewayApi;

/// <summary>Gateways of the Gateway API, and sets of listeners.</summary>
internal static class KubernetesGatewayValidator
{
    private static readonly string[] s_protocols = ["HTTP", "HTTPS", "TLS", "TCP", "UDP", "HBONE"];

    public static void Check(KubernetesGateway gateway, FieldPath at, ValidationScope scope) =>
        CheckListeners(gateway.Listeners, at["listeners"], scope);

    public static void Check(ListenerSet set, FieldPath at, ValidationScope scope) =>
        CheckListeners(set.Listeners, at["listeners"], scope);

    private static void CheckListeners(IReadOnlyList<Listener> listeners, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < listeners.Count; i++)
            CheckListener(listeners[i], at[i], scope);
        Names.CheckUnique(listeners.Select(static listener => listener.Name), at, "name", scope);
        Names.CheckUnique(
            listeners.Select(static listener => $"{listener.Port}, {listener.Protocol}, {listener.Hostname}"),
            at,
            "port, protocol and hostname",
            scope
        );
    }

    private static void CheckListener(Listener listener, FieldPath at, ValidationScope scope)
    {
        Names.CheckLabel(listener.Name, at["name"], scope);
        CheckProtocol(listener.Protocol, at["protocol"], scope);
        CheckHostname(listener.Hostname, at["hostname"], scope);
        if (listener.Hostname.Length > 0 && listener.Protocol is "TCP" or "UDP")
            scope.Exclusive(at["hostname"], $"{listener.Protocol} knows no host names", "remove it");
        CheckTls(listener, at, scope);
        if (listener.AllowedRoutes?.Namespaces is { From: NamespacesFrom.Selector, Selector: null })
            scope.Missing(at["allowedRoutes"]["namespaces"]["selector"]);
    }

    /// <summary>
    /// What might be a protocol is the controller's to judge, who says <c>UnsupportedProtocol</c> of the listener; its other listeners are in order.
    /// </summary>
    private static void CheckProtocol(string protocol, FieldPath at, ValidationScope scope)
    {
        // A name with a slash is somebody's own protocol.
        if (protocol.Length == 0 || protocol.Contains('/') || s_protocols.Contains(protocol))
            return;
        var known = $"use one of {string.Join(", ", s_protocols)}";
        var isName =
            char.IsAsciiLetterOrDigit(protocol[0])
            && char.IsAsciiLetterOrDigit(protocol[^1])
            && protocol.All(static sign => char.IsAsciiLetterOrDigit(sign) || sign == '-');
        if (isName)
            scope.NoEffect(at, $"\"{protocol}\" is a protocol that nobody serves here", known);
        else
            scope.Bad(at, $"\"{protocol}\" is no protocol", known);
    }

    internal static void CheckHostname(string host, FieldPath at, ValidationScope scope)
    {
        if (host == "*")
            scope.Add(ProblemCatalogue.BadHost, at, "* is no host name here", "remove it: without one all are meant");
        else
            Hosts.CheckWildcard(host, at, scope);
    }

    private static void CheckTls(Listener listener, FieldPath at, ValidationScope scope)
    {
        var isTls = listener.Protocol is "HTTPS" or "TLS";
        if (listener.Tls is null)
        {
            if (isTls)
                scope.Add(ProblemCatalogue.BadTls, at["tls"], $"is required for {listener.Protocol}", "add tls");
            return;
        }
        if (listener.Protocol is "HTTP" or "TCP" or "UDP")
            scope.Add(
                ProblemCatalogue.BadTls,
                at["tls"],
                $"stands beside {listener.Protocol}, which is not TLS",
                "use HTTPS or TLS, or remove it"
            );
        else if (listener is { Protocol: "HTTPS", Tls.Mode: ListenerTlsMode.Passthrough })
            scope.Add(
                ProblemCatalogue.BadTls,
                at["tls"]["mode"],
                "HTTPS is ended here, so it cannot be passed through",
                "use protocol TLS, or Terminate"
            );
        else if (listener.Tls is { Mode: ListenerTlsMode.Terminate, CertificateRefs.Count: 0, Options.Count: 0 })
            scope.Add(
                ProblemCatalogue.BadTls,
                at["tls"]["certificateRefs"],
                "is required for Terminate",
                "name a Secret with the certificate"
            );
    }
}
