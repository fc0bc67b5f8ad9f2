// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.TransportSockets;
using Api = Envoy.Config.Core.V3;
using Target = Envoy.Config.Core.V3.GrpcService.TargetSpecifierOneofCase;

namespace Lateen.Proxy.Decoding;

/// <summary><c>sds_config.api_config_source</c> → <see cref="SecretServer"/>.</summary>
internal static class SecretServerDecoder
{
    public static SecretServer? Decode(Api.ApiConfigSource source, string path, DecodeContext context)
    {
        if (
            source.ApiType
            is not (Api.ApiConfigSource.Types.ApiType.Grpc or Api.ApiConfigSource.Types.ApiType.DeltaGrpc)
        )
            context.Add($"{path}.api_type", $"is {source.ApiType}; give GRPC or DELTA_GRPC");
        if (source.TransportApiVersion == Api.ApiVersion.V2)
            context.Add($"{path}.transport_api_version", "is V2; give V3");
        if (source.GrpcServices.Count != 1)
        {
            context.Add($"{path}.grpc_services", $"has {source.GrpcServices.Count} services; give one");
            return null;
        }
        var isDelta = source.ApiType == Api.ApiConfigSource.Types.ApiType.DeltaGrpc;
        var service = source.GrpcServices[0];
        path = $"{path}.grpc_services[0]";
        switch (service.TargetSpecifierCase)
        {
            case Target.EnvoyGrpc:
                if (service.EnvoyGrpc.ClusterName.Length == 0)
                    context.Add($"{path}.envoy_grpc.cluster_name", "is empty; name the cluster of the SDS server");
                return new SecretServer(service.EnvoyGrpc.ClusterName, "", isDelta);
            case Target.GoogleGrpc:
                CheckGoogle(service.GoogleGrpc, $"{path}.google_grpc", context);
                return new SecretServer("", service.GoogleGrpc.TargetUri, isDelta);
            default:
                context.Add(path, "has no target; give envoy_grpc or google_grpc");
                return null;
        }
    }

    private static void CheckGoogle(Api.GrpcService.Types.GoogleGrpc google, string path, DecodeContext context)
    {
        if (!SecretTarget.TryParse(google.TargetUri, out _))
            context.Add(
                $"{path}.target_uri",
                $"is \"{google.TargetUri}\"; give unix:PATH, or an IP address and port such as 127.0.0.1:9000"
            );
        // Never in plaintext what is to be encrypted.
        var credentials = google.ChannelCredentials?.CredentialSpecifierCase;
        if (
            credentials
            is Api.GrpcService.Types.GoogleGrpc.Types.ChannelCredentials.CredentialSpecifierOneofCase.SslCredentials
                or Api.GrpcService.Types.GoogleGrpc.Types.ChannelCredentials.CredentialSpecifierOneofCase.GoogleDefault
        )
            context.Add(
                $"{path}.channel_credentials",
                $"has {credentials}, which is not served; give local_credentials, or leave it out for plaintext"
            );
    }
}
