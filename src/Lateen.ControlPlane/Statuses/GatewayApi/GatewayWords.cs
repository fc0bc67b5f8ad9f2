// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Statuses;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>Conditions and reasons, in the words of the Gateway API's specification.</summary>
internal static class GatewayWords
{
    public const string Group = "gateway.networking.k8s.io";

    public const string Accepted = "Accepted";
    public const string Conflicted = "Conflicted";
    public const string ResolvedRefs = "ResolvedRefs";

    public const string HostnameConflict = "HostnameConflict";
    public const string ProtocolConflict = "ProtocolConflict";
    public const string NoConflicts = "NoConflicts";
    public const string UnsupportedProtocol = "UnsupportedProtocol";
    public const string InvalidRouteKinds = "InvalidRouteKinds";
    public const string InvalidCertificateRef = "InvalidCertificateRef";
    public const string RefNotPermitted = "RefNotPermitted";
    public const string ListenersNotValid = "ListenersNotValid";
    public const string UnsupportedAddress = "UnsupportedAddress";
    public const string InvalidParameters = "InvalidParameters";
    public const string Invalid = "Invalid";

    public const string NoMatchingParent = "NoMatchingParent";
    public const string NotAllowedByListeners = "NotAllowedByListeners";
    public const string NoMatchingListenerHostname = "NoMatchingListenerHostname";
    public const string UnsupportedValue = "UnsupportedValue";
    public const string BackendNotFound = "BackendNotFound";
    public const string InvalidKind = "InvalidKind";

    public static Condition Is(string type, string message, string? reason = null) =>
        new(type, true, reason ?? type, message);

    public static Condition IsNot(string type, string reason, string message) => new(type, false, reason, message);
}
