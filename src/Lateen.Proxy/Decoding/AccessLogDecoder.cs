// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Formatting;
using Api = Envoy.Config.Accesslog.V3;
using FileApi = Envoy.Extensions.AccessLoggers.File.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Access logs → <see cref="AccessLogSpec"/>.</summary>
internal static class AccessLogDecoder
{
    public static IReadOnlyList<AccessLogSpec> Decode(
        RepeatedField<Api.AccessLog> logs,
        string path,
        DecodeContext context
    )
    {
        var specs = new List<AccessLogSpec>();
        for (var i = 0; i < logs.Count; i++)
        {
            var at = $"{path}[{i}]";
            if (
                logs[i].TypedConfig is not { } config
                || TypedConfigs.TypeOf(config) != FileApi.FileAccessLog.Descriptor.FullName
            )
                context.Add($"{at}.typed_config", "is no FileAccessLog, the one kind of access log this proxy writes");
            else if (context.Unpack<FileApi.FileAccessLog>(config, at) is { } file)
                Add(file, at, specs, context);
        }
        return specs;
    }

    private static void Add(FileApi.FileAccessLog file, string path, List<AccessLogSpec> specs, DecodeContext context)
    {
        var text = file.LogFormat?.TextFormatSource?.InlineString ?? "";
        try
        {
            specs.Add(
                new AccessLogSpec(
                    file.Path,
                    SubstitutionFormat.Parse(text.Length == 0 ? SubstitutionFormat.IstioDefault : text)
                )
            );
        }
        catch (FormatException failure)
        {
            context.Add($"{path}.log_format", failure.Message);
        }
    }
}
