// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Reflection;
using System.Xml.Linq;

namespace Lateen.Config.Schemas;

/// <summary>
/// The summaries of records and their fields as plain text, from the XML file that the compiler writes beside the assembly. Without the
/// file there are none.
/// </summary>
internal static class Documentation
{
    private static readonly Lazy<FrozenDictionary<string, string>> s_summaries = new(Load);

    public static string Of(Type type) => Find($"T:{NameOf(type)}");

    public static string Of(PropertyInfo property) => Find($"P:{NameOf(property.DeclaringType!)}.{property.Name}");

    /// <summary>Of a member of an enum.</summary>
    public static string Of(Type type, object member) => Find($"F:{NameOf(type)}.{Enum.GetName(type, member)}");

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private static string Find(string member) => s_summaries.Value.GetValueOrDefault(member, "");

    private static FrozenDictionary<string, string> Load()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Lateen.Config.xml");
        if (!File.Exists(file))
            return FrozenDictionary<string, string>.Empty;
        return XDocument
            .Load(file, LoadOptions.PreserveWhitespace)
            .Descendants("member")
            .Where(static member => member.Element("summary") is not null)
            .ToFrozenDictionary(
                static member => (string)member.Attribute("name")!,
                static member => Plain(member.Element("summary")!),
                StringComparer.Ordinal
            );
    }

    /// <summary>Words that stand as code are in backticks; lines are joined.</summary>
    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(Plain));
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Plain(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement element when element.Attribute("cref") is { } reference => reference.Value[
                (reference.Value.LastIndexOf('.') + 1)..
            ],
            XElement element => element.Value,
            _ => "",
        };
}
