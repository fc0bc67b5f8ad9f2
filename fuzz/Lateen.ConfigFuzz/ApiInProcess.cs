// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lateen.ConfigFuzz;

/// <summary>The resource API without a network.</summary>
internal sealed class ApiInProcess
{
    private readonly ApiComposition _api;

    public ApiInProcess(IResourceStore store) =>
        _api = new ApiComposition(store, TimeProvider.System, null, NullLoggerFactory.Instance, CancellationToken.None);

    public Task StartAsync() => _api.PrepareAsync(CancellationToken.None);

    /// <summary>The status of an answer.</summary>
    public async Task<int> AskAsync(string method, string url, string type, string accept, byte[] body)
    {
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var http = new DefaultHttpContext();
        // A watch has no end of its own here.
        using var patience = new CancellationTokenSource(
            TimeSpan.FromMilliseconds(question >= 0 && url.Contains("watch", StringComparison.Ordinal) ? 20 : 60_000)
        );
        http.RequestAborted = patience.Token;
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("127.0.0.1");
        http.Request.Path = Path(question < 0 ? url : url[..question]);
        http.Request.QueryString = new QueryString(question < 0 ? "" : url[question..]);
        if (type.Length > 0)
            http.Request.ContentType = type;
        if (accept.Length > 0)
            http.Request.Headers.Accept = accept;
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        using var answer = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        await _api.HandleAsync(http).ConfigureAwait(false);
        return http.Response.StatusCode;
    }

    /// <summary>As a server unescapes it: all but slashes.</summary>
    private static PathString Path(string path)
    {
        var text = Uri.UnescapeDataString(path.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));
        return new PathString(text.StartsWith('/') ? text : $"/{text}");
    }
}
