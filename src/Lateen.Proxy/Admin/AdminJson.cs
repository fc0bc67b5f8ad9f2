// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;

namespace Lateen.Proxy.Admin;

/// <summary>
/// Protobuf → JSON as Envoy's admin has it: snake_case, Any inline. Made at the first request for it, since descriptors of
/// all messages take memory that a proxy nobody asks does not need.
/// </summary>
internal static class AdminJson
{
    private static readonly Lazy<JsonFormatter> s_formatter = new(static () =>
        new JsonFormatter(
            JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(WireTypes.All)
        )
    );

    public static AdminResponse Write(IMessage message) => AdminResponse.Json(s_formatter.Value.Format(message) + "\n");

    /// <summary>A resource that can be shown: one with an extension that has no descriptor here is shown by its type alone.</summary>
    public static Any Showable(Any resource)
    {
        try
        {
            s_formatter.Value.Format(resource);
            return resource;
        }
        catch (InvalidOperationException)
        {
            return Any.Pack(
                new StringValue
                {
                    Value = $"{resource.TypeUrl} with parts unknown to this proxy, {resource.Value.Length} bytes",
                }
            );
        }
    }
}
