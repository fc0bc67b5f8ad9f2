// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Objects;
using Lateen.Config.Stores;

namespace Lateen.Bench.Config;

/// <summary>A large configuration: pairs of a ServiceEntry and a VirtualService for its host, as users write them, over many namespaces.</summary>
internal static class GeneratedConfig
{
    public const int Pairs = 10_000;

    private const string Group = "networking.istio.io";
    private const int Namespaces = 100;

    public static ObjectKey EntryKey(int i) => new(Group, "serviceentries", Namespace(i), $"entry-{i}");

    public static ObjectKey RouteKey(int i) => new(Group, "virtualservices", Namespace(i), $"route-{i}");

    /// <summary>Each object in a file of its own, one directory for each namespace.</summary>
    public static void WriteFiles(string directory)
    {
        for (var i = 0; i < Pairs; i++)
        {
            Directory.CreateDirectory(Path.Combine(directory, Namespace(i)));
            File.WriteAllText(EntryFile(directory, i), Entry(i));
            File.WriteAllText(RouteFile(directory, i), Route(i, 5));
        }
    }

    public static async Task FillAsync(IResourceStore store)
    {
        for (var i = 0; i < Pairs; i++)
        {
            await store.PutAsync(EntryKey(i), Encoding.UTF8.GetBytes(Json(Entry(i))), expected: 0);
            await store.PutAsync(RouteKey(i), Encoding.UTF8.GetBytes(Json(Route(i, 5))), expected: 0);
        }
    }

    /// <summary>As a store has it.</summary>
    public static string Json(string yaml)
    {
        var text = ObjectText.FromYaml(Encoding.UTF8.GetBytes(yaml));
        return text.Value?.ToJsonString() ?? throw new InvalidOperationException(text.Problem);
    }

    public static string RouteFile(string directory, int i) => Path.Combine(directory, Namespace(i), $"route-{i}.yaml");

    /// <param name="seconds">Of its timeout.</param>
    public static string Route(int i, int seconds) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: route-{{i}}
              namespace: {{Namespace(i)}}
              labels: {app: service-{{i}}, team: {{Namespace(i)}}}
            spec:
              hosts: [{{Host(i)}}]
              http:
              - name: canary
                match:
                - headers:
                    x-canary: {exact: "true"}
                  uri: {prefix: /api}
                route:
                - destination: {host: {{Host(i)}}, port: {number: 8080} }
                  weight: 100
                timeout: {{seconds}}s
              - name: main
                route:
                - destination: {host: {{Host(i)}}, port: {number: 80} }
                  weight: 90
                - destination: {host: {{Host((i + 1) % Pairs)}}, port: {number: 80} }
                  weight: 10
                timeout: {{seconds}}s
                retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,connect-failure"}

            """;

    private static string Entry(int i) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata:
              name: entry-{{i}}
              namespace: {{Namespace(i)}}
              labels: {app: service-{{i}}, team: {{Namespace(i)}}}
            spec:
              hosts: [{{Host(i)}}]
              location: MESH_INTERNAL
              resolution: STATIC
              ports:
              - {number: 80, name: http, protocol: HTTP}
              - {number: 8080, name: http-api, protocol: HTTP}
              endpoints:
              - address: 10.{{i / 65536 % 256}}.{{i / 256 % 256}}.{{i % 256}}
                labels: {version: v1}
              - address: 10.{{128 + (i / 65536 % 128)}}.{{i / 256 % 256}}.{{i % 256}}
                labels: {version: v2}

            """;

    private static string Host(int i) => $"service-{i}.{Namespace(i)}.example.com";

    private static string EntryFile(string directory, int i) =>
        Path.Combine(directory, Namespace(i), $"entry-{i}.yaml");

    private static string Namespace(int i) => $"team-{i % Namespaces}";
}
