// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Http;

/// <summary>
/// A request's host, without port, where the cluster's transport goes by it (<c>auto_sni</c>, <c>auto_san_validation</c>); else
/// empty. Requests to one host after another make one text.
/// </summary>
internal sealed class TransportHost
{
    private string _last = "";

    public string Of(RequestHead request, ClusterSpec cluster)
    {
        if (!cluster.UsesRequestHostAsServerName && !cluster.ChecksRequestHost)
            return "";
        var host = request.Authority;
        var colon = host.LastIndexOf((byte)':');
        if (colon > 0 && host[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            host = host[..colon];
        if (!Ascii.Equals(host, _last))
            _last = Encoding.ASCII.GetString(host);
        return _last;
    }
}
