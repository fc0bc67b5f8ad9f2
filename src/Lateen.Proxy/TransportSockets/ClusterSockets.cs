// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.TransportSockets;

/// <summary>The transport sockets of a cluster. The object stays the same while their configuration does, and with it pooled connections.</summary>
public sealed class ClusterSockets
{
    private readonly ClusterSocketsSpec _spec;
    private readonly TransportSocket[] _matches;

    public ClusterSockets(ClusterSocketsSpec spec, TlsStats? stats)
    {
        _spec = spec;
        Default = new TransportSocket(spec.Default, stats);
        _matches = new TransportSocket[spec.Matches.Count];
        for (var i = 0; i < _matches.Length; i++)
            _matches[i] = new TransportSocket(spec.Matches[i].Socket, stats);
    }

    public static ClusterSockets Plaintext { get; } = new(ClusterSocketsSpec.Plaintext, null);

    public string Identity => _spec.Identity;

    /// <summary>For endpoints that no match fits.</summary>
    public TransportSocket Default { get; }

    /// <inheritdoc cref="TransportSocket.MayServe"/>
    public bool MayServe(Func<SecretReference, FetchState> stateOf)
    {
        var may = Default.MayServe(stateOf);
        foreach (var socket in _matches)
            may &= socket.MayServe(stateOf);
        return may;
    }

    /// <summary>The first match in order whose criteria an endpoint's metadata has.</summary>
    public TransportSocket For(IReadOnlyDictionary<string, string> metadata)
    {
        for (var i = 0; i < _matches.Length; i++)
        {
            if (_spec.Matches[i].Fits(metadata))
                return _matches[i];
        }
        return Default;
    }

    /// <inheritdoc cref="TransportSocket.Refresh"/>
    public string? Refresh(Func<SecretReference, SecretSpec?> secrets)
    {
        var problem = Default.Refresh(secrets);
        foreach (var socket in _matches)
            problem = socket.Refresh(secrets) ?? problem;
        return problem;
    }

    /// <inheritdoc cref="TransportSocket.AddServed"/>
    public void AddServed(HashSet<ServedSecret> secrets)
    {
        Default.AddServed(secrets);
        foreach (var socket in _matches)
            socket.AddServed(secrets);
    }

    public void AddSecretNames(SortedSet<string> names, bool fromAds)
    {
        Default.AddSecretNames(names, fromAds);
        foreach (var socket in _matches)
            socket.AddSecretNames(names, fromAds);
    }
}
