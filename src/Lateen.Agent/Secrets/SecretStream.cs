// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Secret.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lateen.Agent.Discovery;
using Lateen.Net;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.TransportSockets;
using Lateen.Xds;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace Lateen.Agent.Secrets;

/// <summary>One stream that asks a server for one secret, as Envoy does, from connection to failure.</summary>
internal sealed class SecretStream(ConfigStore store, ServedSecret secret, Node node)
{
    /// <summary>Of the last good one, an earlier stream's included.</summary>
    private string _version = "";

    public async Task RunAsync(NetAddress server, Action onResponse, CancellationToken stop)
    {
        using var channel = GrpcChannels.Open(server);
        var client = new SecretDiscoveryService.SecretDiscoveryServiceClient(channel);
        if (secret.Server.IsDelta)
            await RunDeltaAsync(client, onResponse, stop).ConfigureAwait(false);
        else
            await RunSotwAsync(client, onResponse, stop).ConfigureAwait(false);
    }

    private async Task RunSotwAsync(
        SecretDiscoveryService.SecretDiscoveryServiceClient client,
        Action onResponse,
        CancellationToken stop
    )
    {
        using var call = client.StreamSecrets(cancellationToken: stop);
        var first = Request("", null);
        first.Node = node;
        await call.RequestStream.WriteAsync(first, stop).ConfigureAwait(false);
        while (await call.ResponseStream.MoveNext(stop).ConfigureAwait(false))
        {
            onResponse();
            var response = call.ResponseStream.Current;
            var problem =
                response.Resources.Count == 1
                    ? Take(response.VersionInfo, response.Resources[0])
                    : Refuse($"has {response.Resources.Count} secrets instead of one");
            if (problem is null)
                _version = response.VersionInfo;
            await call.RequestStream.WriteAsync(Request(response.Nonce, problem), stop).ConfigureAwait(false);
        }
    }

    private async Task RunDeltaAsync(
        SecretDiscoveryService.SecretDiscoveryServiceClient client,
        Action onResponse,
        CancellationToken stop
    )
    {
        using var call = client.DeltaSecrets(cancellationToken: stop);
        var first = new DeltaDiscoveryRequest
        {
            Node = node,
            TypeUrl = TypeUrls.Secret,
            ResourceNamesSubscribe = { secret.Name },
        };
        if (_version.Length > 0)
            first.InitialResourceVersions[secret.Name] = _version;
        await call.RequestStream.WriteAsync(first, stop).ConfigureAwait(false);
        while (await call.ResponseStream.MoveNext(stop).ConfigureAwait(false))
        {
            onResponse();
            var response = call.ResponseStream.Current;
            var problem = TakeDelta(response);
            var answer = new DeltaDiscoveryRequest
            {
                TypeUrl = TypeUrls.Secret,
                ResponseNonce = response.Nonce,
                ErrorDetail = ErrorOf(problem),
            };
            await call.RequestStream.WriteAsync(answer, stop).ConfigureAwait(false);
        }
    }

    /// <summary>A removal is acknowledged and changes nothing, as in Envoy: who names a secret needs it.</summary>
    private string? TakeDelta(DeltaDiscoveryResponse response)
    {
        if (response.Resources.Count + response.RemovedResources.Count != 1)
            return Refuse($"has {response.Resources.Count} secrets instead of one");
        if (response.Resources.Count == 0)
            return null;
        var resource = response.Resources[0];
        var problem = Take(resource.Version, resource.Resource_);
        if (problem is null)
            _version = resource.Version;
        return problem;
    }

    private string? Take(string version, Any body)
    {
        try
        {
            if (!body.TryUnpack<SecretApi.Secret>(out var sent) || sent.Name != secret.Name)
                return Refuse($"has \"{sent?.Name ?? body.TypeUrl}\" instead");
        }
        catch (InvalidProtocolBufferException failure)
        {
            return Refuse(failure.Message);
        }
        return store.Apply(secret, new NamedResource(secret.Name, version, body));
    }

    private string Refuse(string problem)
    {
        store.OnRejected(secret);
        return problem;
    }

    private DiscoveryRequest Request(string nonce, string? problem) =>
        new()
        {
            TypeUrl = TypeUrls.Secret,
            VersionInfo = _version,
            ResponseNonce = nonce,
            ResourceNames = { secret.Name },
            ErrorDetail = ErrorOf(problem),
        };

    private Google.Rpc.Status? ErrorOf(string? problem) =>
        problem is null ? null : ResourceIntake.ErrorOf([new ResourceRejection(secret.Name, problem)]);
}
