// SPDX-License-Identifier: Apache-2.0
using System.Web;

namespace Lateen.Stores.Etcd;

/// <summary>
/// How an etcd is reached, as <c>--store</c> says it:
/// <c>etcd://host:2379,host:2379?prefix=/lateen&amp;ca=FILE&amp;cert=FILE&amp;key=FILE&amp;user=NAME&amp;password-file=FILE</c>.
/// </summary>
public sealed record EtcdOptions
{
    /// <summary>Members of the cluster; the first that answers is used.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>In front of every key; several meshes can share an etcd.</summary>
    public string Prefix { get; init; } = "/lateen";

    /// <summary>PEM file with the authorities of the servers' certificates; with it, or with <c>tls=true</c>, TLS is spoken.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the certificate that this client shows.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Null where etcd asks for no password.</summary>
    public string? User { get; init; }

    /// <summary>File with the password, so that it is in no command line.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Reads what <c>--store</c> says.</summary>
    /// <exception cref="FormatException">It is no such text; the message says why.</exception>
    public static EtcdOptions Parse(string text)
    {
        const string scheme = "etcd://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal))
            throw new FormatException($"\"{text}\" does not begin with {scheme}");
        var question = text.IndexOf('?');
        var hosts = question < 0 ? text[scheme.Length..] : text[scheme.Length..question];
        var query = HttpUtility.ParseQueryString(question < 0 ? "" : text[question..]);
        string[] known = ["prefix", "ca", "cert", "key", "user", "password-file", "tls"];
        foreach (string? name in query)
        {
            if (!known.Contains(name))
                throw new FormatException($"etcd has no setting \"{name}\"; it has {string.Join(", ", known)}");
        }
        if (query["cert"] is null != query["key"] is null)
            throw new FormatException("cert and key belong together: name both files, or none");
        var isTls = query["tls"] == "true" || query["ca"] is not null || query["cert"] is not null;
        return new EtcdOptions
        {
            Endpoints = hosts
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(host => Endpoint(host, isTls))
                .ToArray()
                is { Length: > 0 } endpoints
                ? endpoints
                : throw new FormatException($"\"{text}\" names no host; write {scheme}host:2379"),
            Prefix = query["prefix"] is { } prefix ? "/" + prefix.Trim('/') : "/lateen",
            CaFile = query["ca"],
            CertificateFile = query["cert"],
            KeyFile = query["key"],
            User = query["user"],
            PasswordFile = query["password-file"],
        };
    }

    private static Uri Endpoint(string host, bool isTls) =>
        Uri.TryCreate($"{(isTls ? "https" : "http")}://{host}", UriKind.Absolute, out var uri)
            ? uri.IsDefaultPort && !host.Contains(':')
                ? new UriBuilder(uri) { Port = 2379 }.Uri
                : uri
            : throw new FormatException($"\"{host}\" is no host; write name:port");
}
