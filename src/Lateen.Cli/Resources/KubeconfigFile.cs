// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>Reads what kubectl's file says about a server: of its current context, as far as <c>lateen</c> writes such files.</summary>
internal sealed class KubeconfigFile(string path, JsonObject root)
{
    public static KubeconfigFile Read(string path)
    {
        var text = ObjectText.FromYaml(ApiFlags.ReadFile(path, "--kubeconfig"));
        return text.Value is JsonObject root
            ? new KubeconfigFile(path, root)
            : throw new CommandFailure(
                ExitCode.BadData,
                $"{path}: {(text.Problem.Length > 0 ? text.Problem : "it is no mapping")}"
            );
    }

    public ApiAddress Address
    {
        get
        {
            var context = Named("contexts", root.Text("current-context"), "current-context").Member("context");
            var cluster = Named("clusters", context.Text("cluster"), "its context").Member("cluster");
            var user = context.Text("user") is { Length: > 0 } name
                ? Named("users", name, "its context").Member("user")
                : null;
            var server = cluster.Text("server") ?? throw Wrong("the cluster has no server");
            var certificate = Content(user, "client-certificate");
            return new ApiAddress(
                ApiAddress.Parse(server, path),
                user.Text("token") ?? "",
                Content(cluster, "certificate-authority"),
                certificate.Length == 0
                    ? null
                    : ApiAddress.ReadCertificate(certificate, Content(user, "client-key"), path)
            );
        }
    }

    private JsonNode? Named(string list, string? name, string where) =>
        root.Member(list).Items().FirstOrDefault(item => name is not null && item.Text("name") == name)
        ?? throw Wrong($"{where} names none of its {list}");

    /// <summary>A field with the content in base64 (NAME-data), or a file beside this one.</summary>
    private string Content(JsonNode? part, string field)
    {
        if (part.Text($"{field}-data") is { Length: > 0 } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw Wrong($"{field}-data is no base64");
            }
        }
        if (part.Text(field) is not { Length: > 0 } file)
            return "";
        var beside = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Encoding.UTF8.GetString(ApiFlags.ReadFile(Path.Combine(beside, file), $"{path}, {field}"));
    }

    private CommandFailure Wrong(string what) => new(ExitCode.BadData, $"{path}: {what}");
}
