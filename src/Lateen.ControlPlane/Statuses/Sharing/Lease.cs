// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>A <c>coordination.k8s.io/v1</c> Lease: somebody holds something until he does not renew it any more.</summary>
/// <param name="Holder">Empty when it was given back.</param>
/// <param name="Duration">For how long after each renewal it is his.</param>
/// <param name="Transitions">How often it went from one to another.</param>
/// <param name="Progress">What its holder tells of his proxies; null where the lease is not about that.</param>
internal sealed record Lease(
    string Holder,
    TimeSpan Duration,
    DateTimeOffset AcquiredAt,
    DateTimeOffset RenewedAt,
    long Transitions,
    string? Progress = null
)
{
    public const string Group = "coordination.k8s.io";
    public const string Plural = "leases";

    /// <summary>Annotation with <see cref="Progress"/>.</summary>
    public const string ProgressAnnotation = "lateen.io/proxy-progress";

    public static ObjectScope Scope(string ns) => new(Group, Plural, ns);

    public static ObjectKey Key(string ns, string name) => new(Group, Plural, ns, name);

    /// <summary>Null for what is none.</summary>
    public static Lease? Read(StoredObject stored)
    {
        try
        {
            var content = JsonNode.Parse(stored.Content.Span);
            var spec = content.Member("spec");
            return new Lease(
                spec.Text("holderIdentity") ?? "",
                TimeSpan.FromSeconds(spec.Member("leaseDurationSeconds").AsNumber() ?? 0),
                Time(spec.Text("acquireTime")),
                Time(spec.Text("renewTime")),
                spec.Member("leaseTransitions").AsNumber() ?? 0,
                content.Member("metadata").Member("annotations").Text(ProgressAnnotation)
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The object that it is in the store; of one that is there already, all but what a lease says stays.</summary>
    /// <param name="before">What is there; null for one that is new.</param>
    public byte[] Write(ObjectKey key, StoredObject? before)
    {
        var content = before is null
            ? new JsonObject
            {
                ["apiVersion"] = $"{Group}/v1",
                ["kind"] = "Lease",
                ["metadata"] = new JsonObject
                {
                    ["name"] = key.Name,
                    ["namespace"] = key.Namespace,
                    ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "lateen" },
                },
            }
            : JsonNode.Parse(before.Content.Span)!.AsObject();
        if (Progress is not null)
            content.Part("metadata").Part("annotations")[ProgressAnnotation] = Progress;
        content["spec"] = new JsonObject
        {
            ["holderIdentity"] = Holder,
            // At least 1, as Kubernetes asks for, also of one that was given back.
            ["leaseDurationSeconds"] = Math.Max((int)Duration.TotalSeconds, 1),
            ["acquireTime"] = Text(AcquiredAt),
            ["renewTime"] = Text(RenewedAt),
            ["leaseTransitions"] = Transitions,
        };
        return JsonSerializer.SerializeToUtf8Bytes(content);
    }

    /// <summary>As metav1.MicroTime.</summary>
    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.UnixEpoch;
}
