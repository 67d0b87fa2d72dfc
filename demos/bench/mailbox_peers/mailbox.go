// What a message on its way through a channel costs, from some goroutines to some others. Prints one
// number.
//
//	mailbox SENDERS RECEIVERS CAPACITY MESSAGES
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const workers = 2

func passOn(senders, receivers, capacity, messages int) float64 {
	box := make(chan int32, capacity)
	var received int64
	var sending, receiving sync.WaitGroup
	sending.Add(senders)
	receiving.Add(receivers)
	start := time.Now()
	for i := 0; i < receivers; i++ {
		go func() {
			n := 0
			for range box {
				n++
			}
			atomic.AddInt64(&received, int64(n))
			receiving.Done()
		}()
	}
	for i := 0; i < senders; i++ {
		go func() {
			for i := 0; i < messages/senders; i++ {
				box <- int32(i)
			}
			sending.Done()
		}()
	}
	sending.Wait()
	close(box)
	receiving.Wait()
	cost := float64(time.Since(start).Nanoseconds()) / float64(messages)
	if received != int64(messages) {
		panic("messages were lost")
	}
	return cost
}

func main() {
	runtime.GOMAXPROCS(workers)
	numbers := make([]int, 4)
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(os.Args[i+1])
	}
	fmt.Println(passOn(numbers[0], numbers[1], numbers[2], numbers[3]))
}
