const wanted = process.env['INPUT_GO-VERSION'] || process.env['INPUT_GO-VERSION-FILE']
if (!wanted) throw new Error('Which Go?')
console.log(`Go ${wanted} is set up.`)
