// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lateen.ControlPlane.Debug;

/// <summary>istiod's HTTP endpoints for people and tools.</summary>
internal static class DebugEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.ServiceProvider.GetRequiredService<DebugPages>();
        var metrics = app.ServiceProvider.GetRequiredService<MetricsPage>();
        Json(app, "/version", _ => pages.Version());
        Json(app, "/debug/syncz", _ => pages.Syncz());
        Json(app, "/debug/adsz", _ => pages.Adsz());
        Json(app, "/debug/configz", _ => pages.Configz());
        Json(app, "/debug/registryz", _ => pages.Registryz());
        Json(app, "/debug/endpointz", _ => pages.Endpointz());
        Json(app, "/debug/config_dump", request => pages.ConfigDump(request.Query["proxyID"].ToString()));
        // The ports open only when the first configuration is in force.
        app.MapGet("/ready", static () => Results.Text(""));
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), MetricsPage.ContentType));
    }

    private static void Json(IEndpointRouteBuilder app, string path, Func<HttpRequest, byte[]?> page) =>
        app.MapGet(
            path,
            (HttpRequest request) =>
                page(request) is { } body
                    ? Results.Bytes(body, "application/json")
                    : Results.Text("no such proxy is connected; see /debug/syncz for their ids\n", statusCode: 404)
        );
}
