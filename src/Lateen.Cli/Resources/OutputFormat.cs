// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli.Resources;

/// <summary>How <c>get</c> and <c>apply</c> show objects: kubectl's <c>-o</c>.</summary>
/// <param name="Template">Of <c>jsonpath=</c>; null for the others.</param>
internal sealed record OutputFormat(string Name, JsonPathTemplate? Template = null)
{
    public const string Wide = "wide";
    public const string Yaml = "yaml";
    public const string Json = "json";
    public const string ObjectName = "name";
    private const string JsonPathName = "jsonpath";

    private static readonly string[] s_names = [Wide, Yaml, Json, ObjectName];

    public static string Forms => $"{string.Join(", ", s_names)} or {JsonPathName}=TEMPLATE";

    /// <summary>Columns for people.</summary>
    public bool IsTable => Name is "" or Wide;

    /// <exception cref="CommandFailure">It is none.</exception>
    public static OutputFormat Parse(string? text)
    {
        if (text is null)
            return new OutputFormat("");
        if (text.StartsWith($"{JsonPathName}=", StringComparison.Ordinal))
        {
            try
            {
                return new OutputFormat(JsonPathName, JsonPathTemplate.Parse(text[(JsonPathName.Length + 1)..]));
            }
            catch (FormatException wrong)
            {
                throw new CommandFailure(ExitCode.Usage, $"-o {JsonPathName}: {wrong.Message}");
            }
        }
        return s_names.Contains(text)
            ? new OutputFormat(text)
            : throw new CommandFailure(ExitCode.Usage, $"there is no output {text}; use {Forms}");
    }
}
