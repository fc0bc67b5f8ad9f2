// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Config.Schemas;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Oracle;

/// <summary>Finds where our schemas and somebody else's differ.</summary>
/// <param name="declarations">What is referred to by name.</param>
internal sealed class SchemaComparison(Declarations declarations)
{
    private readonly List<string> _differences = [];
    private readonly HashSet<string> _allowed = [];

    /// <summary>Every difference that is not allowed.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>Fields that were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Allowances that were needed.</summary>
    public IReadOnlySet<string> UsedAllowances => _allowed;

    public void Compare(ObjectSchema ours, OracleType theirs, string file, string path)
    {
        if (declarations.Resolve(theirs, file, out var at) is not OracleObject other)
        {
            if (ours.Fields.Count > 0)
                _differences.Add($"{path}: the oracle has no fields");
            return;
        }
        foreach (var (name, field) in other.Fields)
        {
            if (ours.Find(name) is not { } own)
            {
                if (!ours.IsOpen)
                    Differ(ours, name, $"{path}.{name}: is missing");
                continue;
            }
            Compared++;
            if (own.IsRequired != field.IsRequired)
                Differ(ours, name, $"{path}.{name}: required {own.IsRequired}, there {field.IsRequired}");
            Compare(own.Value, field.Type, at, $"{path}.{name}", ours, name);
        }
        foreach (var field in ours.Fields.Where(field => !other.Fields.ContainsKey(field.Name)))
            Differ(ours, field.Name, $"{path}.{field.Name}: is not there");
    }

    private void Compare(
        ValueSchema ours,
        OracleType theirs,
        string file,
        string path,
        ObjectSchema owner,
        string field
    )
    {
        var other = declarations.Resolve(theirs, file, out var at);
        switch (ours, other)
        {
            case (_, OracleAny) or (AnySchema, _):
                break;
            case (ObjectSchema content, _):
                Compare(content, other, at, path);
                break;
            case (ListSchema list, OracleList items):
                Compare(list.Item, items.Item, at, path, owner, field);
                break;
            case (MapSchema map, OracleMap values):
                Compare(map.Value, values.Value, at, path, owner, field);
                break;
            case (ChoiceSchema choice, OracleWords words):
                CompareWords(choice, words, path, owner, field);
                break;
            default:
                if (other is not OracleScalar and not OracleWords || !IsScalar(ours, other))
                    Differ(owner, field, $"{path}: {ours}, there {other}");
                break;
        }
    }

    private void CompareWords(ChoiceSchema choice, OracleWords words, string path, ObjectSchema owner, string field)
    {
        var own = choice.Words.Select(static word => word.Word).ToHashSet(StringComparer.Ordinal);
        var missing = words.Words.Where(word => !own.Contains(word));
        var added = own.Where(word => !words.Words.Contains(word));
        foreach (var word in missing)
            Differ(owner, field, $"{path}: the word {word} is missing");
        foreach (var word in added)
            Differ(choice.Enum.Name, word, $"{path}: the word {word} is not there");
    }

    private static bool IsScalar(ValueSchema ours, OracleType theirs) =>
        ours switch
        {
            NumberSchema => theirs is OracleScalar { Name: "number" },
            FlagSchema => theirs is OracleScalar { Name: "boolean" },
            // A text of ours may have fewer words than there are texts, and theirs as well.
            ListSchema or MapSchema => false,
            _ => theirs is OracleScalar { Name: "string" } or OracleWords,
        };

    private void Differ(ObjectSchema owner, string field, string what) => Differ(owner.Type.Name, field, what);

    private void Differ(string owner, string field, string what)
    {
        var name = $"{owner}.{field}";
        if (KnownDifferences.Reasons.ContainsKey(name))
            _allowed.Add(name);
        else
            _differences.Add($"{what} ({name})");
    }
}
