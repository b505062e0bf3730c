#!/usr/bin/env escript
%% again.escript FOLDER: for each line `Module Type Hex` of standard input, decodes and encodes again with the modules
%% that `erlc -bper` left in FOLDER, and prints the octets as hex, or `error` and the reason.
main([Folder]) ->
    true = code:add_patha(Folder),
    loop().

loop() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            [Module, Type, Hex] = string:lexemes(string:trim(Line), " "),
            io:format("~s~n", [again(list_to_atom(Module), list_to_atom(Type), binary:decode_hex(list_to_binary(Hex)))]),
            loop()
    end.

again(Module, Type, Octets) ->
    case Module:decode(Type, Octets) of
        {ok, Value} ->
            case Module:encode(Type, Value) of
                {ok, Again} -> string:lowercase(binary:encode_hex(Again));
                {error, Reason} -> io_lib:format("error encode ~0p", [Reason])
            end;
        {error, Reason} -> io_lib:format("error decode ~0p", [Reason])
    end.
