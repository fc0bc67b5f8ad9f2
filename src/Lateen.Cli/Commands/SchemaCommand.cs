// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Schemas;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen x schema</c>: JSON Schema of a kind, or of all, for editors.</summary>
internal static class SchemaCommand
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Documents that are no resources.</summary>
    private static readonly Dictionary<string, Type> s_documents = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MeshConfig"] = typeof(MeshConfiguration),
        ["MeshNetworks"] = typeof(MeshNetworks),
        ["MeshConfig.defaultConfig"] = typeof(ProxyConfiguration),
    };

    public static Command Create()
    {
        var kind = new Argument<string?>("KIND")
        {
            Description =
                "Kind, by any of its names: VirtualService, virtualservices, vs, gateways.gateway.networking.k8s.io; or MeshConfig, MeshConfig.defaultConfig, MeshNetworks. All kinds when it is not there",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output-file", "-o")
        {
            Description = "File to write to, instead of standard output",
            HelpName = "FILE",
        };
        var command = new Command("schema", "Prints the JSON Schema of a kind, or of all, for editors")
        {
            kind,
            output,
        };
        command.SetAction(args => Run(args.GetValue(kind), args.GetValue(output), args.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string? name, string? file, TextWriter console)
    {
        var text = Schema(name).ToJsonString(s_json);
        if (file is null)
        {
            console.WriteLine(text);
            return ExitCode.Success;
        }
        try
        {
            File.WriteAllText(file, text + "\n");
            return ExitCode.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failure, $"cannot write {file}: {failure.Message}");
        }
    }

    private static JsonObject Schema(string? name)
    {
        if (name is null)
            return JsonSchemaWriter.ForAll(KindCatalogue.All);
        if (s_documents.TryGetValue(name, out var document))
            return JsonSchemaWriter.For(SchemaBuilder.Of(document), name);
        return KindCatalogue.FindByName(name) is { } kind
            ? JsonSchemaWriter.For(kind)
            : throw new CommandFailure(ExitCode.Usage, $"there is no kind {name}{Suggestion(name)}");
    }

    private static string Suggestion(string name) =>
        Spelling.Closest(name, KindCatalogue.All.Select(static kind => kind.Name).Concat(s_documents.Keys)) is { } meant
            ? $"; did you mean {meant}?"
            : "; see lateen x schema --help";
}
