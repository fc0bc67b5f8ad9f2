// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>
/// Texts that come, change, break and go at random. Few names, so that they meet: the same resource in two texts, one host in several VirtualServices,
/// subsets that are there at times.
/// </summary>
internal sealed class RandomChanges(int seed, bool withFaults)
{
    private readonly Random _random = new(seed);

    /// <summary>In the labels of each resource, so that no two say the same.</summary>
    private int _written;

    /// <summary>Names of texts, each with what it says, or null: it is gone.</summary>
    public Dictionary<string, string?> Next()
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
        var count = _random.Next(4) == 0 ? _random.Next(1, 8) : 1;
        for (var i = 0; i < count; i++)
        {
            var name = Pick("a.yaml", "b.yaml", "c.yaml", "d.yaml", StoreTexts.Prefix + "0", StoreTexts.Prefix + "1");
            changes[name] = _random.Next(6) == 0 ? null : Text();
        }
        return changes;
    }

    private string Text()
    {
        var text = string.Join("\n---\n", Enumerable.Range(0, _random.Next(4)).Select(_ => Document()));
        return Fails(12) ? text + "\n---\n{" : text;
    }

    private string Document() =>
        _random.Next(8) switch
        {
            0 => Resource("v1", "Service", Name(), "ports: [{name: http, port: 80}]"),
            1 => Resource(
                Networking,
                "ServiceEntry",
                Name(),
                $"hosts: [{Host()}], ports: [{{name: http, number: 80, protocol: HTTP}}], resolution: DNS"
            ),
            2 => Resource(
                Networking,
                "DestinationRule",
                Name(),
                $"host: {Pick(Host(), Host(), "'*.shop.svc.cluster.local'", "'*.com'", "'*'")}, subsets: [{{name: {Pick("v1", "v2")}}}]"
            ),
            3 => Resource(
                Networking,
                "Gateway",
                Name(),
                "selector: {a: b}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]"
            ),
            _ => Resource(
                Networking,
                "VirtualService",
                Name(),
                $"hosts: [{Host()}], {Exports()}{Pick("", "gateways: [x], ", "gateways: [x, mesh], ")}http: [{{route: [{{destination: {{host: {Host()}{Pick("", ", subset: v1", ", subset: v2")}}}}}]}}]"
            ),
        };

    private const string Networking = "networking.istio.io/v1";

    private string Resource(string version, string kind, string name, string spec)
    {
        var age = Pick(
            "",
            ", creationTimestamp: '2026-01-01T00:00:00Z'",
            ", creationTimestamp: '2025-01-01T00:00:00Z'"
        );
        if (Fails(10))
            spec += ", nobodyKnows: 1";
        return $"{{apiVersion: {version}, kind: {kind}, metadata: {{name: {name}, namespace: {Pick("default", "shop")}, labels: {{text: n{++_written}}}{age}}}, spec: {{{spec}}}}}";
    }

    private string Name() => Pick("x", "z");

    private string Host() => Pick("x", "z.shop.svc.cluster.local", "a.example.com");

    private string Exports() =>
        Pick("", "", "exportTo: ['*'], ", "exportTo: [.], ", "exportTo: [shop], ", "exportTo: [shop, default], ");

    private bool Fails(int oneIn) => withFaults && _random.Next(oneIn) == 0;

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
