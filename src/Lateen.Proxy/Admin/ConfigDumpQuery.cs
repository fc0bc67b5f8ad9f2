// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using Envoy.Admin.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Proxy.Admin;

/// <summary>
/// What of a dump was asked for: <c>?resource=FIELD</c> takes the elements of one list, <c>?mask=FIELD,…</c> keeps some fields
/// of each dump or, beside a resource, of each element.
/// </summary>
internal sealed class ConfigDumpQuery(string resource, string mask)
{
    public AdminResponse Answer(IReadOnlyList<IMessage> dumps)
    {
        var parts = dumps;
        if (resource.Length > 0)
        {
            var field = dumps
                .Select(dump => dump.Descriptor.FindFieldByName(resource))
                .FirstOrDefault(found => found is not null);
            if (field is null)
                return AdminResponse.Text($"{resource} not found in config dump\n", 404);
            if (!field.IsRepeated)
                return AdminResponse.Text(
                    $"{resource} is not a repeated field. Use ?mask={resource} to get only this field\n",
                    400
                );
            var owner = dumps.First(dump => dump.Descriptor == field.ContainingType);
            parts = ((IList)field.Accessor.GetValue(owner)).Cast<IMessage>().ToList();
        }
        var isBad = false;
        if (mask.Length > 0)
            parts = Masked(parts, out isBad);
        if (isBad)
            return AdminResponse.Text(
                $"mask \"{mask}\" names no field there is; write field names, separated by commas\n",
                400
            );
        return AdminJson.Write(new ConfigDump { Configs = { parts.Select(Any.Pack) } });
    }

    /// <summary>Messages without a field that the mask names are left out.</summary>
    private List<IMessage> Masked(IReadOnlyList<IMessage> messages, out bool isBad)
    {
        var paths = mask.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var kept = new List<IMessage>();
        foreach (var message in messages)
        {
            var own = new FieldMask { Paths = { paths.Where(path => FieldMask.IsValid(message.Descriptor, path)) } };
            if (own.Paths.Count == 0)
                continue;
            var part = message.Descriptor.Parser.ParseFrom(ByteString.Empty);
            own.Merge(message, part);
            kept.Add(part);
        }
        isBad = kept.Count == 0 && messages.Count > 0;
        return kept;
    }
}
