// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Lateen.Proxy.TransportSockets;
using Api = Envoy.Extensions.TransportSockets.Tls.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Where secrets in files are, and how they are read → <see cref="LocalSecret"/>.</summary>
internal static class LocalSecretDecoder
{
    /// <summary>Names that Istio's agent serves from files: certificate and key, or roots.</summary>
    private const string CertificateNames = "file-cert:";
    private const string RootNames = "file-root:";
    private const string SystemRoots = "system";

    /// <summary>
    /// A secret of files as it stands in a resource; <paramref name="secret"/> as it was decoded with them. Null when no file
    /// is part of it.
    /// </summary>
    public static LocalSecret? For(Api.Secret secret, SecretSpec decoded, DecodeContext context) =>
        context.HasProblems || context.Directories.Count == 0
            ? null
            : new LocalSecret(secret.Name, Reading(decoded, context), () => Read(secret));

    /// <summary>A certificate, or roots, that stand in a TLS context and name a directory to watch.</summary>
    public static SecretReference Inline(Api.Secret secret, string path, DecodeContext context)
    {
        var own = new DecodeContext();
        var decoded = SecretDecoder.DecodeAt(secret, path, own);
        context.AddAll(own);
        return new SecretReference(secret.Name, IsFromAds: false) { Local = For(secret, decoded, own) };
    }

    /// <summary>Null for a secret that the agent brings otherwise.</summary>
    public static LocalSecret? Named(string name)
    {
        if (Spelled(name) is not { } secret)
            return null;
        // Files that come later than the configuration that names them are waited for, as Istio's agent does.
        return new LocalSecret(name, null, () => Read(secret));
    }

    /// <summary>
    /// <c>path_config_source</c>: a file with a <c>DiscoveryResponse</c> of one secret. Read now, so that what is wrong with it
    /// refuses the resource.
    /// </summary>
    public static LocalSecret At(string name, CoreApi.PathConfigSource source, string path, DecodeContext context)
    {
        path = $"{path}.sds_config.path_config_source";
        var first = Read();
        if (first.Secret is null)
            context.Add(path, first.Problem);
        return new LocalSecret(name, first, Read);

        SecretReading Read()
        {
            var own = new DecodeContext();
            var watched = own.Watched(source.WatchedDirectory, "watched_directory");
            var file = own.File(source.Path, "path", watched);
            var secret = own.HasProblems ? null : Parse(file, source.Path, name, own);
            var decoded = secret is null ? new SecretSpec() : SecretDecoder.DecodeAt(secret, "", own);
            return Reading(decoded, own);
        }
    }

    private static SecretReading Read(Api.Secret secret)
    {
        var context = new DecodeContext();
        return Reading(SecretDecoder.DecodeAt(secret, "", context), context);
    }

    private static SecretReading Reading(SecretSpec decoded, DecodeContext context) =>
        new(context.HasProblems ? null : decoded, context.ToString(), context.FilesRead, context.Directories);

    private static Api.Secret? Parse(ReadOnlyMemory<byte> file, string path, string name, DecodeContext context)
    {
        try
        {
            var response = DiscoveryFile.HasKnownFormat(path) ? DiscoveryFile.Parse(path, file) : null;
            if (response is null)
                context.Add("path", $"is {path}; give a DiscoveryResponse in a file that ends in .json or .pb");
            else if (response.Resources.Count != 1)
                context.Add("path", $"{path} has {response.Resources.Count} resources; give one secret");
            else if (context.Unpack<Api.Secret>(response.Resources[0], "resources[0]") is not { } secret)
                return null;
            else if (name.Length > 0 && secret.Name != name)
                context.Add("path", $"{path} has the secret \"{secret.Name}\" instead of \"{name}\"");
            else
                return secret;
        }
        catch (Exception failure) when (failure is InvalidProtocolBufferException or InvalidJsonException)
        {
            // The message of the parser may quote the file, which has keys in it.
            context.Add("path", $"{path} is no DiscoveryResponse with a Secret ({failure.GetType().Name})");
        }
        return null;
    }

    private static Api.Secret? Spelled(string name)
    {
        if (name.StartsWith(CertificateNames, StringComparison.Ordinal))
        {
            var files = name[CertificateNames.Length..].Split('~');
            return files is [{ Length: > 0 } certificate, { Length: > 0 } key]
                ? new Api.Secret
                {
                    Name = name,
                    TlsCertificate = new Api.TlsCertificate
                    {
                        CertificateChain = new CoreApi.DataSource { Filename = certificate },
                        PrivateKey = new CoreApi.DataSource { Filename = key },
                    },
                }
                : null;
        }
        if (!name.StartsWith(RootNames, StringComparison.Ordinal) || name.Length == RootNames.Length)
            return null;
        var roots = name[RootNames.Length..];
        var validation = new Api.CertificateValidationContext();
        if (roots == SystemRoots)
            validation.SystemRootCerts = new Api.CertificateValidationContext.Types.SystemRootCerts();
        else
            validation.TrustedCa = new CoreApi.DataSource { Filename = roots };
        return new Api.Secret { Name = name, ValidationContext = validation };
    }
}
