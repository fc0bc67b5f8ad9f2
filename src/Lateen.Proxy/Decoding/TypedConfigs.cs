// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Proxy.Decoding;

/// <summary>Typed configurations, plain or inside a TypedStruct (which istiod uses for types it has no schema of).</summary>
internal static class TypedConfigs
{
    /// <summary>Full name of the message a configuration is for.</summary>
    public static string TypeOf(Any any)
    {
        var name = Any.GetTypeName(any.TypeUrl);
        try
        {
            return name switch
            {
                "udpa.type.v1.TypedStruct" => Any.GetTypeName(
                    Udpa.Type.V1.TypedStruct.Parser.ParseFrom(any.Value).TypeUrl
                ),
                "xds.type.v3.TypedStruct" => Any.GetTypeName(
                    global::Xds.Type.V3.TypedStruct.Parser.ParseFrom(any.Value).TypeUrl
                ),
                _ => name,
            };
        }
        catch (InvalidProtocolBufferException)
        {
            return name; // broken inside: the caller refuses the wrapper's name as unknown
        }
    }
}
