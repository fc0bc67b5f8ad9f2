// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;
using Lateen.Xds;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// Secrets as they are in force, whoever brought them: the ADS, a server of their own, files. Only under the lock of the
/// <see cref="ConfigStore"/>.
/// </summary>
/// <param name="changed">Called, by any thread, for <see cref="Reload"/> to be called with the same.</param>
/// <param name="failed">Told of each secret in files that could not be read: its name, why, and whether an older version stays.</param>
internal sealed class SecretTable(ProxyStats stats, Action<string, bool> changed, Action<string, string, bool> failed)
    : IDisposable
{
    private readonly ResourceTable<SecretSpec> _sent = new(TypeUrls.Secret);
    private readonly Dictionary<ServedSecret, ResourceTable<SecretSpec>> _served = [];
    private readonly FileSecrets _files = new(changed, failed);

    /// <summary>The version in force; null while there is none.</summary>
    public SecretSpec? Of(SecretReference reference)
    {
        if (reference.Local is { } here)
            return _files.Of(here);
        if (TableOf(reference) is not { } table || !table.TryGet(reference.Name, out var secret))
            return null;
        return secret.Local is { } files ? _files.Of(files) : secret;
    }

    /// <summary>Takes secrets that the ADS sent, or that are left to the agent.</summary>
    public IReadOnlyList<ResourceRejection> Apply(ResourceUpdate update) => Apply(_sent, update);

    /// <summary>Takes a secret that a server of its own sent.</summary>
    public ResourceRejection? Apply(ServedSecret secret, NamedResource resource)
    {
        if (!_served.TryGetValue(secret, out var table))
            table = _served[secret] = new ResourceTable<SecretSpec>(TypeUrls.Secret);
        var update = new ResourceUpdate(TypeUrls.Secret, resource.Version, [resource], [], IsWhole: false);
        return Apply(table, update) is [var rejection, ..] ? rejection : null;
    }

    /// <summary>Forgets what servers sent that nobody names any more.</summary>
    public void Retain(IReadOnlySet<ServedSecret> named)
    {
        foreach (var secret in _served.Keys.ToArray())
        {
            if (!named.Contains(secret))
                _served.Remove(secret);
        }
    }

    /// <inheritdoc cref="FileSecrets.Settle"/>
    public bool Settle() => _files.Settle();

    /// <inheritdoc cref="FileSecrets.Reload"/>
    public bool Reload(string directory, bool isMove) => _files.Reload(directory, isMove);

    public void Dispose() => _files.Dispose();

    private ResourceTable<SecretSpec>? TableOf(SecretReference reference) =>
        reference.Server is { } server ? _served.GetValueOrDefault(new ServedSecret(server, reference.Name)) : _sent;

    private IReadOnlyList<ResourceRejection> Apply(ResourceTable<SecretSpec> table, ResourceUpdate update)
    {
        var rejections = table.Apply(update, Decode);
        foreach (var resource in update.Changed)
            stats.Secret(resource.Name).OnUpdate(rejections.Any(bad => bad.Name == resource.Name));
        return rejections;
    }

    private static SecretSpec Decode(ByteString body, DecodeContext context) =>
        SecretDecoder.Decode(SecretApi.Secret.Parser.ParseFrom(body), context);
}
