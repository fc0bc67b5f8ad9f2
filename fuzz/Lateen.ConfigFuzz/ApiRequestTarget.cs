// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;
using Lateen.Fuzz;
using Microsoft.AspNetCore.Http;

namespace Lateen.ConfigFuzz;

/// <summary>
/// Requests of the resource API: method, path with query, media type and accepted types, a line each, then the body. Whatever is asked, the
/// answer is no failure of ours; and what was written can be read by everybody after.
/// </summary>
internal sealed class ApiRequestTarget : IFuzzTarget
{
    private static readonly (string Path, string Body)[] s_there =
    [
        (
            "/apis/networking.istio.io/v1/namespaces/default/virtualservices",
            """{"metadata":{"name":"a","labels":{"l":"1"}},"spec":{"hosts":["h"],"http":[{"route":[{"destination":{"host":"h"}}]}]}}"""
        ),
        (
            "/api/v1/namespaces/default/services",
            """{"metadata":{"name":"a","finalizers":["x.io/y"]},"spec":{"ports":[{"port":80},{"port":81}]}}"""
        ),
        ("/api/v1/namespaces", """{"metadata":{"name":"shop"}}"""),
    ];

    private static readonly string[] s_lists =
    [
        "/apis/networking.istio.io/v1/virtualservices",
        "/api/v1/services",
        "/api/v1/configmaps",
        "/api/v1/namespaces",
    ];

    public string Name => "api-request";

    public void Run(byte[] input, Random random) => TimeLimit.Hold(() => RunAsync(input).GetAwaiter().GetResult());

    private static async Task RunAsync(byte[] input)
    {
        // A store of its own for each input, so that an input that broke something breaks it again.
        var api = new ApiInProcess(new MemoryStore());
        await api.StartAsync().ConfigureAwait(false);
        foreach (var (path, body) in s_there)
            Expect(
                await api.AskAsync("POST", path, "application/json", "", Encoding.UTF8.GetBytes(body))
                    .ConfigureAwait(false),
                201
            );
        var lines = new string[4];
        var at = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var end = Array.IndexOf(input, (byte)'\n', at);
            if (end < 0)
                return;
            lines[i] = Encoding.UTF8.GetString(input, at, end - at);
            at = end + 1;
        }
        var code = await api.AskAsync(lines[0], lines[1], lines[2], lines[3], input[at..]).ConfigureAwait(false);
        // Nothing listens there, and a store that is behind, are the client's to wait for.
        BrokenException.Unless(code is (>= 200 and < 500) or 504, $"the answer is {code}");
        foreach (var path in s_lists)
        {
            Expect(await api.AskAsync("GET", path, "", "", []).ConfigureAwait(false), 200);
            Expect(
                await api.AskAsync("GET", path, "", "application/json;as=Table;v=v1;g=meta.k8s.io", [])
                    .ConfigureAwait(false),
                200
            );
            Expect(await api.AskAsync("GET", path, "", "application/yaml", []).ConfigureAwait(false), 200);
        }
    }

    private static void Expect(int code, int expected) =>
        BrokenException.UnlessEqual(code, expected, "an answer that is known");
}
