// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config;

/// <summary>
/// Every kind of problem that configuration can have, with its code. LT01: reading; LT02: values; LT03: references between
/// resources; LT05: fields that are known but not in force yet.
/// </summary>
public static class ProblemCatalogue
{
    /// <summary>A route to a subset that none of its host's DestinationRules defines.</summary>
    public const string SubsetUnknown = "LT0301";

    /// <summary>A document that is for somebody else.</summary>
    public const string KindForeign = "LT0104";

    internal const string GatewayRulesHidden = "LT0305";
    internal const string SubsetTaken = "LT0306";
    internal const string PolicyTaken = "LT0307";
    internal const string RuleHidden = "LT0308";
    internal const string RoutesOverridden = "LT0309";
    internal const string RuleApart = "LT0310";

    public static Problem BrokenYaml(SourceLocation at, string what) =>
        new(
            "LT0101",
            Severity.Error,
            at,
            "",
            "",
            $"the file is no YAML: {what}",
            "correct the file; its last good content stays in force"
        );

    public static Problem Unreadable(SourceLocation at, string why) =>
        new("LT0108", Severity.Error, at, "", "", $"cannot be read: {why}", "check the path and its permissions");

    public static Problem NotAResource(SourceLocation at, string what) =>
        new("LT0102", Severity.Error, at, "", "", what, "every document needs apiVersion, kind and metadata.name");

    public static Problem NotADocument(SourceLocation at, string subject, string what) =>
        new("LT0111", Severity.Error, at, subject, "", what, "write one document, with the settings alone");

    public static Problem UnknownKind(SourceLocation at, string subject, string apiVersion, string? meant) =>
        new(
            "LT0103",
            Severity.Error,
            at,
            subject,
            "kind",
            $"{apiVersion} has no such kind",
            meant is null ? "check kind and apiVersion" : $"did you mean {meant}?"
        );

    public static Problem UnknownVersion(SourceLocation at, string subject, string apiVersion, string known) =>
        new(
            "LT0109",
            Severity.Error,
            at,
            subject,
            "apiVersion",
            $"there is no version {apiVersion} of this kind",
            $"write {known}"
        );

    public static Problem ForeignKind(SourceLocation at, string subject, string apiVersion) =>
        new(KindForeign, Severity.Warning, at, subject, "", $"{apiVersion} is not read by the mesh and was skipped");

    public static Problem KindNotInForce(SourceLocation at, string subject) =>
        new("LT0501", Severity.Warning, at, subject, "", "this kind is known but not in force yet");

    public static Problem FieldNotInForce(SourceLocation at, string subject, string field) =>
        new(
            "LT0502",
            Severity.Warning,
            at,
            subject,
            field,
            "this field is known but not in force yet; traffic ignores it"
        );

    public static Problem UnknownField(SourceLocation at, string subject, string field, string? suggestion) =>
        new(
            "LT0105",
            Severity.Error,
            at,
            subject,
            field,
            "there is no such field",
            suggestion is null ? "remove it" : $"did you mean {suggestion}?"
        );

    public static Problem IgnoredField(SourceLocation at, string subject, string field, string? suggestion) =>
        new(
            "LT0110",
            Severity.Warning,
            at,
            subject,
            field,
            "there is no such field; it is ignored",
            suggestion is null ? "remove it" : $"did you mean {suggestion}?"
        );

    public static Problem DuplicateKey(SourceLocation at, string subject, string field) =>
        new("LT0112", Severity.Error, at, subject, field, "is there twice", "remove one of the two");

    public static Problem WrongType(SourceLocation at, string subject, string field, string expected, string found) =>
        new("LT0106", Severity.Error, at, subject, field, $"must be {expected}, not {found}", $"write {expected}");

    public static Problem Duplicate(SourceLocation at, string subject, SourceLocation first) =>
        new("LT0107", Severity.Error, at, subject, "", $"is defined twice, first at {first}", "remove one of the two");

    /// <param name="why">What is wrong with the text.</param>
    public static Problem KeptOverRestart(SourceLocation at, string subject, string since, string why) =>
        new(
            "LT0113",
            Severity.Warning,
            at,
            subject,
            "",
            $"stays in force as it was good at {since}, over a restart: {why}",
            "correct that; until then nothing else of it comes into force"
        );

    public static Problem NotKept(string why) =>
        new(
            "LT0114",
            Severity.Warning,
            SourceLocation.None,
            "",
            "",
            $"what is in force is not kept for a restart: {why}",
            "see to the directory of --data; until then a file that is broken while the control plane restarts takes with it what it defined"
        );

    public static Problem DamagedCopy(string what) =>
        new(
            "LT0115",
            Severity.Warning,
            SourceLocation.None,
            "",
            "",
            $"what an earlier process had in force cannot be trusted and is not used: {what}",
            "correct what has errors: what it defined is not in force until then"
        );

    public static Problem Missing(SourceLocation at, string subject, string field) =>
        new("LT0201", Severity.Error, at, subject, field, "is required", "add it");

    public static Problem OutOfRange(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0202", Severity.Error, at, subject, field, what, fix);

    public static Problem BadValue(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0203", Severity.Error, at, subject, field, what, fix);

    public static Problem Exclusive(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0204", Severity.Error, at, subject, field, what, fix);

    public static Problem FieldDeprecated(SourceLocation at, string subject, string field, string fix) =>
        new("LT0205", Severity.Warning, at, subject, field, "is deprecated", fix);

    public static Problem NoEffect(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0206", Severity.Warning, at, subject, field, what, fix);

    public static Problem BadHost(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0210", Severity.Error, at, subject, field, what, fix);

    public static Problem BadName(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0211", Severity.Error, at, subject, field, what, fix);

    public static Problem BadLabel(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0212", Severity.Error, at, subject, field, what, fix);

    public static Problem BadPattern(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0213", Severity.Error, at, subject, field, what, fix);

    public static Problem BadHttp(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0214", Severity.Error, at, subject, field, what, fix);

    public static Problem BadAddress(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0215", Severity.Error, at, subject, field, what, fix);

    public static Problem BadTls(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0216", Severity.Error, at, subject, field, what, fix);

    public static Problem Twice(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0217", Severity.Error, at, subject, field, what, fix);

    public static Problem BadVisibility(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0218", Severity.Error, at, subject, field, what, fix);

    public static Problem BadSelection(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0219", Severity.Error, at, subject, field, what, fix);

    public static Problem BadToken(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0220", Severity.Error, at, subject, field, what, fix);

    public static Problem BadExpression(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0221", Severity.Error, at, subject, field, what, fix);

    public static Problem BadUrl(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0222", Severity.Error, at, subject, field, what, fix);

    public static Problem BadLocality(SourceLocation at, string subject, string field, string what, string fix) =>
        new("LT0223", Severity.Error, at, subject, field, what, fix);

    public static Problem UnknownSubset(SourceLocation at, string subject, string field, string subset, string host) =>
        new(
            SubsetUnknown,
            Severity.Warning,
            at,
            subject,
            field,
            $"no DestinationRule for {host} defines the subset \"{subset}\": requests there get 503 (NC)",
            "define the subset or route to one that exists"
        );

    public static Problem UnruledSubset(SourceLocation at, string subject, string field, string subset, string host) =>
        new(
            "LT0312",
            Severity.Warning,
            at,
            subject,
            field,
            $"there is no DestinationRule for {host} that could define the subset \"{subset}\": until there is, requests there get 503 (NC)",
            "define the subset in a DestinationRule of the host"
        );

    public static Problem UnknownHost(SourceLocation at, string subject, string field, string host) =>
        new(
            "LT0302",
            Severity.Warning,
            at,
            subject,
            field,
            $"no Service or ServiceEntry has the host {host}",
            "check the name and the namespace"
        );

    public static Problem UnknownGateway(SourceLocation at, string subject, string field, string gateway) =>
        new(
            "LT0303",
            Severity.Warning,
            at,
            subject,
            field,
            $"there is no Gateway {gateway}",
            "check the name and the namespace"
        );

    /// <param name="how">Why it wins, or where: <c>is older and wins</c>.</param>
    public static Problem HostTaken(SourceLocation at, string subject, string host, string winner, string how) =>
        new(
            "LT0304",
            Severity.Warning,
            at,
            subject,
            "hosts",
            $"{host} has routes in {winner} already, which {how}",
            "merge the two"
        );

    /// <param name="takes">What it does as the winner does.</param>
    /// <param name="how">Why it wins, or where.</param>
    public static Problem RulesHidden(
        SourceLocation at,
        string subject,
        string field,
        string takes,
        string gateway,
        string winner,
        string how
    ) =>
        new(
            GatewayRulesHidden,
            Severity.Warning,
            at,
            subject,
            field,
            $"{takes} on {gateway}, as {winner} does, which {how}",
            "give the rule another match, or merge the two"
        );

    public static Problem SubsetHidden(SourceLocation at, string subject, string field, string subset, string winner) =>
        new(
            SubsetTaken,
            Severity.Warning,
            at,
            subject,
            field,
            $"{winner} defines the subset \"{subset}\" of the same host already, is older and wins",
            "remove one of the two, or give it another name"
        );

    public static Problem PolicyHidden(SourceLocation at, string subject, string field, string host, string winner) =>
        new(
            PolicyTaken,
            Severity.Warning,
            at,
            subject,
            field,
            $"the settings for {host} are those of {winner}, which is older and wins; only subsets of the two add up",
            "merge the two"
        );

    /// <param name="clients">Of which namespace.</param>
    /// <param name="why">Which namespace comes first.</param>
    public static Problem RuleShadowed(
        SourceLocation at,
        string subject,
        string field,
        string clients,
        string host,
        string winner,
        string why
    ) =>
        new(
            RuleHidden,
            Severity.Info,
            at,
            subject,
            field,
            $"{clients} call {host} by {winner} alone: {why}",
            "repeat there what must hold for them too"
        );

    public static Problem HostOverridden(
        SourceLocation at,
        string subject,
        string field,
        string host,
        string namespaces,
        string winner
    ) =>
        new(
            RoutesOverridden,
            Severity.Info,
            at,
            subject,
            field,
            $"{host} is routed by {winner} in {namespaces}: what is exported to some namespaces comes before what is for all",
            "repeat there what must hold for them too"
        );

    public static Problem RuleNotMerged(
        SourceLocation at,
        string subject,
        string field,
        string host,
        string clients,
        string winner
    ) =>
        new(
            RuleApart,
            Severity.Warning,
            at,
            subject,
            field,
            $"{clients} call {host} by {winner} alone: it is younger, and rules that are exported to other namespaces are not merged",
            "export both to the same namespaces, or merge the two"
        );

    public static Problem UnseenByGateway(
        SourceLocation at,
        string subject,
        string field,
        string gateway,
        string namespaces
    ) =>
        new(
            "LT0311",
            Severity.Warning,
            at,
            subject,
            field,
            $"the proxies of the Gateway {gateway} are in {namespaces}, which it is not exported to: its rules are on none of them",
            $"export it to {namespaces}"
        );
}
