// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Formatting;
using Api = Envoy.Config.Accesslog.V3;
using CoreApi = Envoy.Config.Core.V3;
using FileApi = Envoy.Extensions.AccessLoggers.File.V3;
using Format = Envoy.Config.Core.V3.SubstitutionFormatString.FormatOneofCase;

namespace Lateen.Proxy.Decoding;

/// <summary>Access logs → <see cref="AccessLogSpec"/>.</summary>
internal static class AccessLogDecoder
{
    // A constant: asking the descriptor for its name loads all of reflection, which is memory for nothing.
    private const string FileAccessLog = "envoy.extensions.access_loggers.file.v3.FileAccessLog";

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
            if (logs[i].TypedConfig is not { } config || TypedConfigs.TypeOf(config) != FileAccessLog)
                context.Add($"{at}.typed_config", "is no FileAccessLog, the one kind of access log this proxy writes");
            else if (context.Unpack<FileApi.FileAccessLog>(config, at) is { } file)
                Add(file, AccessLogFilterDecoder.Decode(logs[i].Filter, $"{at}.filter", context), at, specs, context);
        }
        return specs;
    }

    private static void Add(
        FileApi.FileAccessLog file,
        AccessLogFilter? filter,
        string path,
        List<AccessLogSpec> specs,
        DecodeContext context
    )
    {
        if (file.Path.Length == 0)
            context.Add($"{path}.path", "is empty; write a file's path, as /dev/stdout");
        try
        {
            specs.Add(new AccessLogSpec(file.Path, FormatOf(file), filter));
        }
        catch (FormatException failure)
        {
            context.Add($"{path}.log_format", failure.Message);
        }
    }

    private static SubstitutionFormat FormatOf(FileApi.FileAccessLog file) =>
        file.AccessLogFormatCase switch
        {
            FileApi.FileAccessLog.AccessLogFormatOneofCase.Format => Text(file.Format),
            FileApi.FileAccessLog.AccessLogFormatOneofCase.JsonFormat => Json(file.JsonFormat, omitEmpty: false),
            FileApi.FileAccessLog.AccessLogFormatOneofCase.LogFormat => FormatOf(file.LogFormat),
            _ => Text(""),
        };

    private static SubstitutionFormat FormatOf(CoreApi.SubstitutionFormatString format) =>
        format.FormatCase switch
        {
            Format.TextFormat => Text(format.TextFormat),
            Format.JsonFormat => Json(format.JsonFormat, format.OmitEmptyValues),
            _ => Text(format.TextFormatSource?.InlineString ?? ""),
        };

    private static SubstitutionFormat Text(string format) =>
        SubstitutionFormat.Parse(format.Length == 0 ? SubstitutionFormat.IstioDefault : format);

    private static SubstitutionFormat Json(Struct format, bool omitEmpty)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var (key, value) in format.Fields)
        {
            if (value.KindCase != Value.KindOneofCase.StringValue)
                throw new FormatException($"json_format.{key} is no text; this proxy writes flat objects of texts");
            fields.Add(KeyValuePair.Create(key, value.StringValue));
        }
        return JsonFormat.Parse(fields, omitEmpty);
    }
}
