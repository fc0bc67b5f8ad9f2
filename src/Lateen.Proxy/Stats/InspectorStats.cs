// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>What inspectors saw (Envoy <c>tls_inspector.*</c>, <c>http_inspector.*</c>).</summary>
public sealed class InspectorStats(int workers)
{
    private static readonly StatTable s_tls = new(
        "tls_inspector",
        "",
        new StatDefinition("tls_found"),
        new StatDefinition("tls_not_found"),
        new StatDefinition("sni_found"),
        new StatDefinition("sni_not_found"),
        new StatDefinition("alpn_found"),
        new StatDefinition("alpn_not_found"),
        new StatDefinition("client_hello_too_large")
    );

    private static readonly StatTable s_http = new(
        "http_inspector",
        "",
        new StatDefinition("http10_found"),
        new StatDefinition("http11_found"),
        new StatDefinition("http2_found"),
        new StatDefinition("http_not_found")
    );

    private readonly StatScope _tls = new(s_tls, "", workers);
    private readonly StatScope _http = new(s_http, "", workers);

    /// <summary>Cells, in the order of the table.</summary>
    private enum TlsCell
    {
        Found,
        NotFound,
        NameFound,
        NameNotFound,
        AlpnFound,
        AlpnNotFound,
        TooLarge,
    }

    /// <inheritdoc cref="TlsCell"/>
    private enum HttpCell
    {
        Http10,
        Http11,
        Http2,
        NotFound,
    }

    public void OnTls(int worker, bool hasName, bool hasAlpn)
    {
        _tls.Cells.Increment(worker, (int)TlsCell.Found);
        _tls.Cells.Increment(worker, (int)(hasName ? TlsCell.NameFound : TlsCell.NameNotFound));
        _tls.Cells.Increment(worker, (int)(hasAlpn ? TlsCell.AlpnFound : TlsCell.AlpnNotFound));
    }

    public void OnNotTls(int worker) => _tls.Cells.Increment(worker, (int)TlsCell.NotFound);

    public void OnHelloTooLarge(int worker) => _tls.Cells.Increment(worker, (int)TlsCell.TooLarge);

    /// <param name="protocol">As filter chains name it; empty for none.</param>
    public void OnHttp(int worker, string protocol)
    {
        var cell = protocol switch
        {
            "http/1.0" => HttpCell.Http10,
            "http/1.1" => HttpCell.Http11,
            "h2c" => HttpCell.Http2,
            _ => HttpCell.NotFound,
        };
        _http.Cells.Increment(worker, (int)cell);
    }

    public void Collect(List<Sample> samples)
    {
        _tls.Collect(samples);
        _http.Collect(samples);
    }
}
